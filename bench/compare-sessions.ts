import { openSession } from "./open-session.ts";

const ROUNDS = 30;
const WARM_UP = 3;

/**
 * How long models take, side by side: in turns, so that whatever else the machine does meets all alike.
 *
 * @returns the median of each, in milliseconds
 */
export async function compareSessions(folders: readonly string[]): Promise<number[]> {
  const sessions: Awaited<ReturnType<typeof openSession>>[] = [];
  for (const folder of folders) sessions.push(await openSession(folder));
  const times = sessions.map((): number[] => []);
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    for (const [i, session] of sessions.entries()) {
      const before = performance.now();
      await session.run();
      if (round >= 0) times[i]?.push(performance.now() - before);
    }
  }
  return times.map((list) => list.sort((a, b) => a - b)[list.length >> 1] as number);
}
