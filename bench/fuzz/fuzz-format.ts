/** What the fuzzer knows about one format: a row of the table in fuzz-formats.ts. */
import type { CODECS } from "../../src/imaging/codecs.ts";
import type { Part } from "./part.ts";
import type { Random } from "./random.ts";

export type Seeds = readonly [Uint8Array, Uint8Array, ...Uint8Array[]];

export type FuzzFormat = {
  readonly format: (typeof CODECS)[number]["format"];
  /** The extension of files that are kept. */
  readonly extension: string;
  /** Small files that use different features; the first two are also decoded between the others. */
  makeSeeds(): Promise<Seeds>;
  /** Takes a whole file apart; `write(parse(file))` is the file. */
  parse(file: Uint8Array): Part[];
  /** Lengths and checksums are right unless a part says otherwise. */
  write(parts: readonly Part[]): Uint8Array;
  /** Changes that need to know what the parts mean. */
  readonly mutations: readonly PartsMutation[];
};

/**
 * Changes a draft in place.
 *
 * @param donor - another file of the format, to take parts from
 * @returns what was done; undefined if the draft has nothing to do it to
 */
export type PartsMutation = (parts: Part[], random: Random, donor: Part[]) => string | undefined;
