/** A request is read in steps, and each takes a turn of the event loop. */
const TURNS = 5;

/** After this long, work that is still unfinished was lost together with the request that began it. */
export const LOST_AFTER_MS = 30_000;

/** Lets the event loop read arrivals and send answers before more work begins. */
export async function yieldTurns(): Promise<void> {
  for (let i = 0; i < TURNS; i++) await sleep(0);
}

/** Waits in a timer of the request that asks. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
