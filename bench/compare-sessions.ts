import { openSession } from "./open-session.ts";

const ROUNDS = 30;
const WARM_UP = 3;

/**
 * Measures how long the models of folders take. The models run in turns, so that other load on the machine
 * affects all of them equally.
 *
 * @returns the median of each model, in milliseconds
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
