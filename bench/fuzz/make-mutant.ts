/** Makes the files of a run. Each is determined by the number of the run and its own. */
import type { FuzzFormat } from "./fuzz-format.ts";
import { mutateBytes } from "./mutate-bytes.ts";
import { PARTS_MUTATIONS } from "./mutate-parts.ts";
import { Random } from "./random.ts";

export type Mutant = {
  readonly index: number;
  readonly bytes: Uint8Array;
  /** What was done to which seed. */
  readonly description: string;
};

/** A larger file would only take longer. */
const MAX_BYTES = 512 * 1024;

/** @param run - the number of the run, the option `--seed` */
export function makeMutant(
  format: FuzzFormat,
  seeds: readonly Uint8Array[],
  run: number,
  index: number,
): Mutant {
  const random = new Random(`${run} ${format.format} ${index}`);
  const seed = random.below(seeds.length);
  const donor = random.pick(seeds) as Uint8Array;
  const done: string[] = [];
  let bytes = seeds[seed] as Uint8Array;
  if (random.chance(85)) {
    const parts = format.parse(bytes);
    const donorParts = format.parse(donor);
    // Mostly few changes: after many, most files are refused for the first of them.
    for (
      let left = random.pick([1, 1, 1, 1, 2, 2, 3, 5]), tries = 20;
      left > 0 && tries > 0;
      tries--
    ) {
      const mutations = random.chance(60) ? format.mutations : PARTS_MUTATIONS;
      const name = random.pick(mutations)?.(parts, random, donorParts);
      if (name === undefined) continue;
      done.push(name);
      left--;
    }
    bytes = format.write(parts);
  }
  if (done.length === 0 || random.chance(15)) {
    for (let left = random.between(1, 3); left > 0; left--) {
      const mutated = mutateBytes(bytes, random, donor);
      bytes = mutated.bytes;
      done.push(mutated.done);
    }
  }
  if (bytes.length > MAX_BYTES) {
    bytes = bytes.slice(0, MAX_BYTES);
    done.push(`cut it to ${MAX_BYTES} bytes`);
  }
  return { index, bytes, description: `seed file ${seed}: ${done.join("; ")}` };
}
