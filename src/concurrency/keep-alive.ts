/**
 * Lets work outlive the request that started it. Requests share loads: without this, a caller that
 * disconnects would end the load that other requests are waiting for.
 */
export type KeepAlive = (work: Promise<unknown>) => void;
