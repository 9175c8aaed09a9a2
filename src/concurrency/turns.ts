/** Reading a request takes several steps, each in its own turn of the event loop. */
const TURNS = 5;

/** Work that is unfinished after this time is considered lost with the request that started it. */
export const LOST_AFTER_MS = 30_000;

/** Lets the event loop read requests and send responses before more work starts. */
export async function yieldTurns(): Promise<void> {
  for (let i = 0; i < TURNS; i++) await sleep(0);
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
