/** The folder of an ensemble: its runs, and the accuracy of their combined answers. */
import { mkdir, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { parseFile } from "../../files/parse-file.ts";
import { readTextOrFail } from "../../files/read-file.ts";
import { guardWriting } from "../../files/writing-failed.ts";
import { ENSEMBLE } from "../run/run-folder.ts";

/** The folder of the network with averaged weights. */
export const SOUP = "soup";

const partSchema = z.strictObject({
  photos: z.int().min(1),
  right: z.int().min(0),
  /** Mean cross entropy in nats. */
  loss: z.number(),
  /** That holds the true accuracy with 95 % confidence (Wilson). */
  interval: z.tuple([z.number(), z.number()]),
});

/** From the best single member, on the same test photos. */
const differenceSchema = z.strictObject({
  /** Test photos that only the best member got right. */
  onlyFirst: z.int().min(0),
  /** Test photos that only these answers got right. */
  onlyThis: z.int().min(0),
  /** By McNemar's exact test. */
  p: z.number(),
  significant: z.boolean(),
});

const figuresSchema = z.strictObject({
  validation: partSchema.nullable(),
  test: partSchema.nullable(),
  /** Null for the best member itself, and if there are no photos for it. */
  difference: differenceSchema.nullable(),
});

const soupSchema = figuresSchema.extend({
  /** Indices of the members whose weights are averaged. */
  members: z.array(z.int().min(0)).min(1),
});

const memberSchema = z.strictObject({
  /** The folder of its run, relative to that of the ensemble. */
  folder: z.string().min(1),
  base: z.string().min(1),
  seed: z.int().min(0),
});

const outcomeSchema = z.strictObject({
  /** How the members' answers were combined for `result.json`: their mean, or with fitted weights. */
  combination: z.enum(["mean", "weights"]),
  /** Of each member in that combination, in the order of `members`; they sum to 1. */
  weights: z.array(z.number().min(0).max(1)).min(2),
  /** Index of the best single member by the photos for validation; null if there are none. */
  best: z.int().min(0).nullable(),
  /** Of each member. */
  members: z.array(figuresSchema).min(2),
  /** Equal weights. */
  mean: figuresSchema,
  /** Weights that make the true classes of the photos for validation most probable; null if there are none. */
  fitted: figuresSchema
    .extend({
      weights: z.array(z.number().min(0).max(1)).min(2),
      /** Cross entropy on photos for validation, each half with the weights of the other half. */
      crossFittedLoss: z.number(),
    })
    .nullable(),
  /** Networks with averaged weights; null if the members do not start from the same weights. */
  soups: z
    .strictObject({
      uniform: soupSchema,
      /** Null if there are no photos for validation. */
      greedy: soupSchema.nullable(),
      /** Which of them is in the folder `soup`. */
      kept: z.enum(["uniform", "greedy"]),
    })
    .nullable(),
  /** What one photo costs, in runs of a network. */
  passes: z.int().min(2),
  /** Size of the members' networks together, in float32. */
  bytes: z.int().min(1),
});

export const ensembleSchema = z.strictObject({
  schemaVersion: z.literal(1),
  members: z.array(memberSchema).min(2),
  /** Null until all members are trained. */
  outcome: outcomeSchema.nullable(),
});

export type EnsembleFile = z.infer<typeof ensembleSchema>;
export type EnsembleMember = z.infer<typeof memberSchema>;
export type EnsembleOutcome = z.infer<typeof outcomeSchema>;
export type Figures = z.infer<typeof figuresSchema>;
export type MeasuredPart = z.infer<typeof partSchema>;

/**
 * @returns undefined if the folder is not one of an ensemble
 * @throws CliError FILE_UNREADABLE, FILE_INVALID
 */
export async function readEnsemble(folder: string): Promise<EnsembleFile | undefined> {
  const path = join(folder, ENSEMBLE);
  if (!(await stat(path).catch(() => undefined))) return undefined;
  const fix = "Restore the file, or train the ensemble again with train ensemble --force.";
  return parseFile(path, await readTextOrFail(path), ensembleSchema, fix);
}

/** Writes the file so that a crash at any moment leaves the old one or the new one. */
export async function writeEnsemble(folder: string, ensemble: EnsembleFile): Promise<void> {
  const path = join(folder, ENSEMBLE);
  await guardWriting(folder, async () => {
    await mkdir(folder, { recursive: true });
    await writeFile(`${path}.part`, `${JSON.stringify(ensemble, null, 2)}\n`);
    await rename(`${path}.part`, path);
  });
}
