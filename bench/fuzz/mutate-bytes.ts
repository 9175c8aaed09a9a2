/** Changes to a file that know nothing of its structure. */
import { bigEndian, concat, littleEndian, overwrite, splice } from "./bytes.ts";
import { pickExtreme } from "./extremes.ts";
import type { Random } from "./random.ts";

type BytesMutation = (bytes: Uint8Array, random: Random, donor: Uint8Array) => Uint8Array;

const MUTATIONS: Readonly<Record<string, BytesMutation>> = {
  "flipped bits": flipBits,
  "replaced bytes": (bytes, random) => {
    const piece = random.bytes(random.between(1, 16));
    return overwrite(bytes, random.below(bytes.length), piece);
  },
  "wrote an extreme number": writeExtreme,
  "cut the end": (bytes, random) => bytes.slice(0, random.below(bytes.length)),
  "cut a few bytes off": (bytes, random) => bytes.slice(0, -random.between(1, 12)),
  "left bytes out": (bytes, random) =>
    splice(bytes, random.below(bytes.length), random.between(1, 64)),
  "inserted bytes": (bytes, random) =>
    splice(bytes, random.below(bytes.length + 1), 0, random.bytes(random.between(1, 64))),
  "repeated bytes": (bytes, random) => {
    const at = random.below(bytes.length);
    return splice(bytes, at, 0, bytes.subarray(at, at + random.between(1, 512)));
  },
  "cleared a run": (bytes, random) => {
    const value = random.pick([0, 0xff]);
    const piece = new Uint8Array(random.between(1, 256)).fill(value);
    return overwrite(bytes, random.below(bytes.length), piece);
  },
  "continued with another file": (bytes, random, donor) =>
    concat([
      bytes.subarray(0, random.below(bytes.length)),
      donor.subarray(random.below(donor.length)),
    ]),
  "appended another file": (bytes, _random, donor) => concat([bytes, donor]),
};

/** Applies one of the changes. */
export function mutateBytes(bytes: Uint8Array, random: Random, donor: Uint8Array) {
  const [name, mutate] = random.pick(Object.entries(MUTATIONS)) ?? ["", flipBits];
  return { bytes: mutate(bytes, random, donor), done: name };
}

/** Flips up to 8 bits anywhere, or all of them within 32 bytes. */
export function flipBits(bytes: Uint8Array, random: Random): Uint8Array {
  const copy = bytes.slice();
  const near = random.chance(50) ? 32 : copy.length;
  const start = random.below(Math.max(1, copy.length - near));
  for (let i = random.between(1, 8); i > 0 && copy.length > 0; i--) {
    const at = start + random.below(Math.min(near, copy.length - start));
    copy[at] = (copy[at] as number) ^ (1 << random.below(8));
  }
  return copy;
}

export function writeExtreme(bytes: Uint8Array, random: Random): Uint8Array {
  const size = random.pick([1, 2, 3, 4]);
  const encode = random.pick([bigEndian, littleEndian]);
  return overwrite(bytes, random.below(bytes.length), encode(pickExtreme(random, 0), size));
}
