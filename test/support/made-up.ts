/** Makes a deterministic random generator: Lehmer's, with the constants of Park and Miller. */
export function makeRandom(): () => number {
  let seed = 1;
  return () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
}
