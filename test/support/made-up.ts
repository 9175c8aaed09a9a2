/** Makes a deterministic random generator: Lehmer's, with the constants of Park and Miller. */
export function makeRandom(): () => number {
  let seed = 1;
  return () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
}

/** Makes images of waves and noise, [3, size, size] each. */
export function makeImages(count: number, size: number): Float32Array[] {
  const random = makeRandom();
  return Array.from({ length: count }, () => {
    const [brightness, contrast] = [random() * 2 - 1, random() * 2];
    return Float32Array.from(
      { length: 3 * size * size },
      (_, i) => brightness + contrast * Math.sin(i / (1 + 200 * random())),
    );
  });
}

export async function* each<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items;
}
