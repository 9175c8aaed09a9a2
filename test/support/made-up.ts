/** Numbers that are made up, but the same each time: Lehmer's generator, with Park and Miller's constants. */
export function makeRandom(): () => number {
  let seed = 1;
  return () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
}
