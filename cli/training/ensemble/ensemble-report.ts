import type { EnsembleMember, EnsembleOutcome } from "./ensemble-folder.ts";

/** What `train ensemble` and `train resume` report. */
export type EnsembleReport = {
  readonly folder: string;
  readonly classes: readonly string[];
  readonly photos: { readonly train: number; readonly validation: number; readonly test: number };
  readonly damaged: readonly { readonly path: string; readonly reason: string }[];
  readonly warnings: readonly string[];
  readonly members: readonly EnsembleMember[];
  readonly outcome: EnsembleOutcome;
  /** The folder of the network with averaged weights; null if there is none. */
  readonly soup: string | null;
};
