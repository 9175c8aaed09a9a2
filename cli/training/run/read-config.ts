/** The settings of a new run, from a file and from the command line. */
import { existsSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import * as z from "zod";
import { NO_AUGMENTATION } from "../../../src/training/augment/augmentation.ts";
import {
  type Distillation,
  type TrainConfig,
  trainConfigSchema,
} from "../../../src/training/train-config.ts";
import { CliError } from "../../cli-error.ts";
import type { Options } from "../../define-command.ts";
import { isInside } from "../../files/is-inside.ts";
import { parseFile } from "../../files/parse-file.ts";
import { readTextOrFail } from "../../files/read-file.ts";
import { requireWritable } from "../../files/require-writable.ts";
import { MANIFEST } from "../../models/model-folder.ts";
import { resolveBaseModel } from "../base-model.ts";
import { resolveTeacher } from "../distill/read-teacher.ts";
import type { NEW_RUN_OPTIONS } from "./new-run-options.ts";
import { requireApart } from "./require-apart.ts";
import { CONFIG, ENSEMBLE, RunFolder } from "./run-folder.ts";

const DEFAULT_BASE = "resnet18";

type Given = Omit<Options<typeof NEW_RUN_OPTIONS>, "json" | "help"> & {
  /** Settings that override those of the file. */
  readonly distillation?: Partial<Distillation>;
};

/**
 * Makes the settings of a new run: those of the file, overridden by options, and the defaults.
 *
 * @throws CliError OPTION_INVALID if the folder of the run cannot be used; FILE_UNREADABLE, FILE_INVALID, FILE_UNWRITABLE
 */
export async function readConfig(photos: string, given: Given): Promise<TrainConfig> {
  requireOutside(photos, given.out);
  await requireWritable(given.out);
  if (!given.force) requireNew(given.out);
  const file = given.config === undefined ? {} : await readSettings(given.config);
  const parsed = trainConfigSchema.safeParse({
    base: DEFAULT_BASE,
    ...file,
    photos: resolve(photos),
    ...(given.base === undefined ? {} : { base: given.base }),
    ...(given.validation === undefined ? {} : { validation: given.validation }),
    ...(given.batch === undefined ? {} : { batch: given.batch }),
    ...(given.inputSide === undefined ? {} : { inputSide: given.inputSide }),
    ...(given.seed === undefined ? {} : { seed: given.seed }),
    ...(given.noAugment ? { augmentation: NO_AUGMENTATION, mixup: 0 } : {}),
    ...(given.distillation
      ? { distillation: { ...file.distillation, ...given.distillation } }
      : {}),
  });
  if (!parsed.success) {
    throw new CliError("FILE_INVALID", {
      what:
        given.config === undefined
          ? "The options cannot be used."
          : `The settings of ${given.config} and the options cannot be used.`,
      why: z.prettifyError(parsed.error),
      fix: "Correct the settings; config.json of any run shows all of them.",
    });
  }
  const stages = given.headOnly
    ? parsed.data.stages.map((stage) => ({ ...stage, trainFrom: "head" as const })).slice(-1)
    : parsed.data.stages;
  const last = stages.length - 1;
  const { validation, distillation } = parsed.data;
  if (validation !== undefined) requireOutside(validation, given.out);
  // The run can be resumed from another folder.
  return {
    ...parsed.data,
    base: resolveBase(parsed.data.base, given.out),
    ...(validation === undefined ? {} : { validation: resolve(validation) }),
    ...(distillation
      ? {
          distillation: {
            ...distillation,
            teacher: resolveTeacher(distillation.teacher, given.out),
          },
        }
      : {}),
    stages: stages.map((stage, i) =>
      i === last && given.epochs !== undefined ? { ...stage, epochs: given.epochs } : stage,
    ),
  };
}

/**
 * Returns the absolute path of the base's folder, or the name of an embedded model as it is.
 *
 * @param out - the folder of the run
 * @throws CliError OPTION_INVALID if it is in the folder of the run
 */
export function resolveBase(name: string, out: string): string {
  const base = resolveBaseModel(name);
  if (isAbsolute(base)) requireApart(base, out, "base");
  return base;
}

/** The rest is checked together with what the command line gives. */
const settingsSchema = z.looseObject({ distillation: z.looseObject({}).optional() });

async function readSettings(path: string): Promise<z.infer<typeof settingsSchema>> {
  const fix = 'Give a JSON object with settings, such as {"batch": 32}.';
  return parseFile(path, await readTextOrFail(path), settingsSchema, fix);
}

/** The next run would take the folder for a class. */
function requireOutside(photos: string, out: string): void {
  if (!isInside(out, photos)) return;
  throw new CliError("OPTION_INVALID", {
    what: `${out} cannot be used for a run.`,
    why: `It is inside ${photos}, where each folder is a class of photos.`,
    fix: "Give a folder outside the photos with --out.",
  });
}

/** @throws CliError OPTION_INVALID if the folder holds a run, an ensemble, a model or the settings of another program */
export function requireNew(folder: string): void {
  const has = (name: string) => existsSync(join(folder, name));
  const isRun = has(ENSEMBLE) || new RunFolder(folder).hasBegun;
  const found = [MANIFEST, CONFIG].find(has);
  if (!isRun && found === undefined) return;
  throw new CliError("OPTION_INVALID", {
    what: `${folder} cannot be used for a new run.`,
    why: isRun
      ? "It already holds a run or an ensemble."
      : `It already holds ${found === MANIFEST ? "a model" : `a ${CONFIG}`}, which the run would overwrite.`,
    fix: isRun
      ? `Continue it with resnet-edge train resume ${folder}, give another folder, or add --force to begin again.`
      : "Give another folder with --out, or add --force to overwrite it.",
  });
}
