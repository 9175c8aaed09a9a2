/**
 * Lets work outlive the request that started it. Requests share loads; without this, a caller that
 * hangs up would take down the load that the others wait for.
 */
export type KeepAlive = (work: Promise<unknown>) => void;
