/** Random numbers that a seed decides, the same on every machine. */

export type Random = {
  /** @returns a number from 0 up to, but not including, 1, in steps of 2^-32 */
  next(): number;
  /** @returns a number from `low` up to `high` */
  between(low: number, high: number): number;
  /** @returns an integer from 0 to `count` - 1 */
  below(count: number): number;
};

/**
 * Makes a generator.
 *
 * Source: xoshiro128**, Blackman and Vigna 2021, "Scrambled linear pseudorandom number generators", with its
 * state filled by SplitMix32.
 *
 * @param seeds - integers such as the seed of a run, the epoch, and the index of a photo; all of them count
 */
export function createRandom(...seeds: readonly number[]): Random {
  let mixed = 0;
  for (const seed of seeds) mixed = scramble((mixed ^ seed) + 0x9e3779b9);
  const state = Uint32Array.from({ length: 4 }, () => {
    mixed = (mixed + 0x9e3779b9) | 0;
    return scramble(mixed);
  });
  const next = () => drawUint32(state) / 2 ** 32;
  return {
    next,
    between: (low, high) => low + (high - low) * next(),
    below: (count) => Math.floor(next() * count),
  };
}

/** Returns the items in random order, by Fisher and Yates. */
export function shuffle<Item>(items: readonly Item[], random: Random): Item[] {
  const shuffled = [...items];
  for (let i = shuffled.length - 1; i > 0; i--) {
    const other = random.below(i + 1);
    [shuffled[i], shuffled[other]] = [shuffled[other] as Item, shuffled[i] as Item];
  }
  return shuffled;
}

/** The finaliser of MurmurHash3: each bit of the input changes half of the output. */
function scramble(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

function drawUint32(state: Uint32Array): number {
  const [a = 0, b = 0, c = 0, d = 0] = state;
  const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
  state[2] = c ^ a;
  state[3] = d ^ b;
  state[1] = b ^ (state[2] as number);
  state[0] = a ^ (state[3] as number);
  state[2] = (state[2] as number) ^ (b << 9);
  state[3] = rotateLeft(state[3] as number, 11);
  return result;
}

function rotateLeft(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}
