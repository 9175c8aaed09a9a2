import { stat } from "node:fs/promises";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import * as z from "zod";
import { parseJson } from "../../../src/models/parse-json.ts";
import { NO_AUGMENTATION } from "../../../src/training/augment/augmentation.ts";
import { type TrainConfig, trainConfigSchema } from "../../../src/training/train-config.ts";
import { CliError } from "../../cli-error.ts";
import { defineCommand } from "../../define-command.ts";
import { readTextOrFail } from "../../files/read-file.ts";
import { requireWritable } from "../../files/require-writable.ts";
import { resolveBaseModel } from "../../training/base-model.ts";
import { PUBLISH_OPTIONS } from "../../training/publish/publish-options.ts";
import { publishTrained } from "../../training/publish/publish-trained.ts";
import { describeTraining } from "../../training/run/describe-training.ts";
import { CONFIG, RunFolder } from "../../training/run/run-folder.ts";
import { RUN_OPTIONS } from "../../training/run/run-options.ts";
import { beginRun } from "../../training/run/run-training.ts";

const DEFAULT_BASE = "resnet18";

export const run = defineCommand({
  description: `Fine-tune a network on your photos: first its new classifier alone, then the upper stages too. A part of the photos chooses the best weights, and another part, used for nothing else, says how good they are.

FOLDER becomes a model folder for model quantize, model evaluate and model publish. It also holds ${CONFIG} with all settings, log.jsonl with a line for each epoch, and the last state. After Ctrl-C or a crash, continue with train resume. The same settings, photos and machine give the same weights, byte for byte.`,
  arguments: {
    photos: {
      placeholder: "PHOTOS",
      help: "a folder with one folder for each class (photos/rose/1.jpg), or a CSV file with the columns path and class",
    },
  },
  options: {
    out: { type: "text", required: true, placeholder: "FOLDER", help: "where the run is written" },
    base: {
      type: "text",
      placeholder: "MODEL",
      help: "the network to start from: an embedded model or a model folder",
      defaultText: "resnet18",
    },
    validation: {
      type: "text",
      placeholder: "PHOTOS",
      help: "photos that choose the weights",
      defaultText: "a part of the others",
    },
    config: {
      type: "text",
      placeholder: "FILE",
      help: "JSON with any of the settings of config.json; options of the command line go before it",
    },
    epochs: {
      type: "number",
      min: 1,
      max: 10_000,
      integer: true,
      placeholder: "N",
      help: "epochs of the last stage",
      defaultText: "22",
    },
    batch: {
      type: "number",
      min: 1,
      max: 1024,
      integer: true,
      placeholder: "N",
      help: "photos in a step",
      defaultText: "16",
    },
    seed: {
      type: "number",
      min: 0,
      max: 0xffffffff,
      integer: true,
      placeholder: "N",
      help: "decides everything that is left to chance",
      defaultText: "0",
    },
    headOnly: { type: "flag", help: "train the classifier alone: fast, and enough for few photos" },
    noAugment: { type: "flag", help: "do not change photos at random" },
    force: { type: "flag", help: "begin again if FOLDER holds a run already" },
    ...RUN_OPTIONS,
    ...PUBLISH_OPTIONS,
  },
  run: async ({ args: { photos }, options }) => {
    requireOutside(photos, options.out);
    await requireWritable(options.out);
    if (!options.force) await requireNew(options.out);
    const config = await readConfig(photos, options);
    const silent = options.json;
    const report = await beginRun(new RunFolder(options.out), config, { ...options, silent });
    const published = await publishTrained(options.out, options);
    if (published.length === 0) return { result: report, text: describeTraining(report) };
    return {
      result: { ...report, published: published.map(({ result }) => result) },
      text: [describeTraining(report), ...published.map(({ text }) => text)].join("\n\n"),
    };
  },
});

type Given = {
  readonly base: string | undefined;
  readonly validation: string | undefined;
  readonly config: string | undefined;
  readonly epochs: number | undefined;
  readonly batch: number | undefined;
  readonly seed: number | undefined;
  readonly headOnly: boolean;
  readonly noAugment: boolean;
};

/** The settings: those of the file, overridden by options, and the defaults. */
async function readConfig(photos: string, given: Given): Promise<TrainConfig> {
  const file = given.config === undefined ? {} : await readSettings(given.config);
  const parsed = trainConfigSchema.safeParse({
    base: DEFAULT_BASE,
    ...file,
    photos: resolve(photos),
    ...(given.base === undefined ? {} : { base: given.base }),
    ...(given.validation === undefined ? {} : { validation: given.validation }),
    ...(given.batch === undefined ? {} : { batch: given.batch }),
    ...(given.seed === undefined ? {} : { seed: given.seed }),
    ...(given.noAugment ? { augmentation: NO_AUGMENTATION } : {}),
  });
  if (!parsed.success) {
    throw new CliError("FILE_INVALID", {
      what: `${given.config} cannot be used.`,
      why: z.prettifyError(parsed.error),
      fix: "Correct the settings; config.json of any run shows all of them.",
    });
  }
  const stages = given.headOnly
    ? parsed.data.stages.map((stage) => ({ ...stage, trainFrom: "head" as const })).slice(-1)
    : parsed.data.stages;
  const last = stages.length - 1;
  const { validation } = parsed.data;
  // The run can be resumed from another folder.
  return {
    ...parsed.data,
    base: resolveBaseModel(parsed.data.base),
    ...(validation === undefined ? {} : { validation: resolve(validation) }),
    stages: stages.map((stage, i) =>
      i === last && given.epochs !== undefined ? { ...stage, epochs: given.epochs } : stage,
    ),
  };
}

async function readSettings(path: string): Promise<object> {
  const parsed = parseJson(await readTextOrFail(path), z.looseObject({}));
  if (parsed.problem === undefined) return parsed.value;
  throw new CliError("FILE_INVALID", {
    what: `${path} cannot be used.`,
    why: `${parsed.problem}.`,
    fix: 'Give a JSON object with settings, such as {"batch": 32}.',
  });
}

/** The next run would take the folder for a class. */
function requireOutside(photos: string, out: string): void {
  const way = relative(resolve(photos), resolve(out));
  if (way === ".." || way.startsWith(`..${sep}`) || isAbsolute(way)) return;
  throw new CliError("OPTION_INVALID", {
    what: `${out} cannot be used for a run.`,
    why: `It is inside ${photos}, where each folder is a class of photos.`,
    fix: "Give a folder outside the photos with --out.",
  });
}

async function requireNew(folder: string): Promise<void> {
  const found = await stat(join(folder, CONFIG)).catch(() => undefined);
  if (!found) return;
  throw new CliError("OPTION_INVALID", {
    what: `${folder} cannot be used for a new run.`,
    why: "It holds a run already.",
    fix: `Go on with it by resnet-edge train resume ${folder}, give another folder, or add --force to begin again.`,
  });
}
