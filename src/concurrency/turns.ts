/** Reading a request takes several steps, each in its own turn of the event loop. */
const TURNS = 5;

/** Work that is unfinished after this time is considered lost with the request that started it. */
export const LOST_AFTER_MS = 30_000;

/** Lets the event loop read requests and send responses before more work starts. */
export async function yieldTurns(): Promise<void> {
  for (let i = 0; i < TURNS; i++) await sleep(0);
}

/**
 * Waits for `work`, but not longer than `ms`. No timer stays behind: workerd allows a request 10,000 of them.
 *
 * @returns undefined if `work` takes longer
 */
export async function waitAtMost<Value>(
  work: Promise<Value>,
  ms: number,
): Promise<Value | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const elapsed = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([work, elapsed]);
  } finally {
    clearTimeout(timer);
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
