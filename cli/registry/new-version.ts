import type { ModelManifest } from "../../src/models/manifest.ts";
import type { LitertFile } from "../litert/derive-litert.ts";

/** What to publish. */
export type NewVersion = {
  /** Whatever it says of a file for LiteRT is ignored. */
  readonly manifest: ModelManifest;
  /** The other files, by name. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly litert: LitertFile | undefined;
};

export type Published = {
  /** Whether it was not published before. */
  readonly isNew: boolean;
  /** Keys of objects. */
  readonly written: readonly string[];
  /** Keys of those that were there already, with the same content. */
  readonly present: readonly string[];
  /** As it is in the bucket now. */
  readonly manifest: ModelManifest;
};
