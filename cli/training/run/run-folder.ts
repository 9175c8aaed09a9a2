/** The folder of a training run: its settings, its photos, its log and its last state. */
import { existsSync } from "node:fs";
import { appendFile, mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import {
  readSafetensors,
  type StateDict,
} from "../../../src/graphs/safetensors/read-safetensors.ts";
import { writeSafetensors } from "../../../src/graphs/safetensors/write-safetensors.ts";
import { type TrainConfig, trainConfigSchema } from "../../../src/training/train-config.ts";
import { CliError } from "../../cli-error.ts";
import { parseFile } from "../../files/parse-file.ts";
import { readFileOrFail, readTextOrFail } from "../../files/read-file.ts";
import { sha256 } from "../../files/sha256.ts";
import { writingFailed } from "../../files/writing-failed.ts";
import { MANIFEST } from "../../models/model-folder.ts";

export const CONFIG = "config.json";
/** In the folder of an ensemble, whose members have folders of runs. */
export const ENSEMBLE = "ensemble.json";
export const RESULT = "result.json";
export const PREDICTIONS = "predictions.jsonl";
/** The run of a teacher that is fine-tuned first. */
export const TEACHER = "teacher";
const PHOTOS = "photos.json";
const RESTORE = "Restore the file, or start the run again with train run.";
const LOG = "log.jsonl";
export const CHECKPOINT = "checkpoint.json";

const photosSchema = z.strictObject({
  /** Ids, in the order of the network's output. */
  classes: z.array(z.string()).min(2),
  photos: z.array(
    z.strictObject({
      path: z.string(),
      class: z.int().min(0),
      part: z.enum(["train", "validation", "test"]),
      sha256: z.string(),
    }),
  ),
});

/** The photos of a run, each with its part. */
export type RunPhotos = z.infer<typeof photosSchema>;
export type RunPhoto = RunPhotos["photos"][number];

const scoreSchema = z.strictObject({ accuracy: z.number(), loss: z.number() });

/** How well a network does on photos: share of right answers, and mean cross entropy in nats. */
export type Score = z.infer<typeof scoreSchema>;

const epochSchema = z.strictObject({
  stage: z.int().min(0),
  /** From 1, within the stage. */
  epoch: z.int().min(1),
  train: scoreSchema,
  validation: scoreSchema.nullable(),
  rate: z.number(),
  headRate: z.number(),
  isBest: z.boolean(),
});

/** A line of the log. */
export type EpochEntry = z.infer<typeof epochSchema>;

const progressSchema = z.strictObject({
  /** Index of the stage. */
  stage: z.int().min(0),
  /** Epochs of the stage that are complete. */
  epoch: z.int().min(0),
  /** Steps of the current epoch that are complete. */
  step: z.int().min(0),
  /** Sums over the photos of the current epoch. */
  seen: z.int().min(0),
  lossSum: z.number(),
  right: z.int().min(0),
  best: z.strictObject({ stage: z.int(), epoch: z.int(), score: scoreSchema }).nullable(),
  /** Epochs without a better score. */
  waited: z.int().min(0),
  /** Steps of the optimiser in this stage. */
  steps: z.int().min(0),
  finished: z.boolean(),
});

/** How far a run is. */
export type Progress = z.infer<typeof progressSchema>;

export const BEGINNING: Progress = {
  stage: 0,
  epoch: 0,
  step: 0,
  seen: 0,
  lossSum: 0,
  right: 0,
  best: null,
  waited: 0,
  steps: 0,
  finished: false,
};

const checkpointSchema = z.strictObject({
  file: z.string(),
  sha256: z.string(),
  progress: progressSchema,
});

/** Everything that is needed to continue. */
export type Checkpoint = {
  readonly progress: Progress;
  /** The weights that the current stage began with, as far as they are not those of the base model. */
  readonly start: StateDict;
  /** What the current stage's training session keeps. */
  readonly session: StateDict;
  /** The best weights so far. */
  readonly best: StateDict;
};

export class RunFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** Whether a run has begun in the folder. A config.json alone can be that of another program. */
  get hasBegun(): boolean {
    return [CONFIG, PHOTOS].every((name) => existsSync(join(this.path, name)));
  }

  /** @throws CliError FILE_UNREADABLE, FILE_INVALID */
  readConfig(): Promise<TrainConfig> {
    return this.#readJson(CONFIG, trainConfigSchema);
  }

  /** @throws CliError FILE_UNREADABLE, FILE_INVALID */
  readPhotos(): Promise<RunPhotos> {
    return this.#readJson(PHOTOS, photosSchema);
  }

  /** Begins a run: an earlier one of the folder is gone. */
  async begin(config: TrainConfig, photos: RunPhotos): Promise<void> {
    await this.#guard(async () => {
      await mkdir(this.path, { recursive: true });
      // What an earlier run or ensemble left must not pass for a part of this run.
      const ofTeacher = config.distillation ? [CONFIG, RESULT] : [];
      for (const name of [
        ...[CONFIG, ENSEMBLE, MANIFEST, CHECKPOINT, RESULT, PREDICTIONS],
        ...ofTeacher.map((name) => join(TEACHER, name)),
      ]) {
        await rm(join(this.path, name), { force: true });
      }
      await writeFile(join(this.path, LOG), "");
      await this.#replace(PHOTOS, `${JSON.stringify(photos, null, 1)}\n`);
      await this.#replace(CONFIG, `${JSON.stringify(config, null, 2)}\n`);
    });
  }

  /** Appends a line of JSON. */
  async log(entry: EpochEntry): Promise<void> {
    await this.#guard(() => appendFile(join(this.path, LOG), `${JSON.stringify(entry)}\n`));
  }

  /** @throws CliError FILE_UNREADABLE, FILE_INVALID */
  async readEpochs(): Promise<EpochEntry[]> {
    const path = join(this.path, LOG);
    const text = await readTextOrFail(path);
    // What follows the last line break is part of a line that a crash has cut off.
    const lines = text.split("\n").slice(0, -1);
    return lines.map((line) => parseFile(path, line, epochSchema, RESTORE));
  }

  /** Keeps the first lines of the log: after a crash, it may be ahead of the checkpoint. */
  async truncateLog(isKept: (entry: EpochEntry) => boolean): Promise<void> {
    const kept = (await this.readEpochs()).filter(isKept);
    await this.#guard(() =>
      this.#replace(LOG, kept.map((entry) => `${JSON.stringify(entry)}\n`).join("")),
    );
  }

  /** Saves a state so that a crash at any moment leaves it or the one before. */
  async save({ progress, start, session, best }: Checkpoint): Promise<void> {
    const tensors = new Map(
      Object.entries({ start, session, best }).flatMap(([group, members]) =>
        [...members].map(([name, tensor]) => [`${group}/${name}`, tensor] as const),
      ),
    );
    const bytes = writeSafetensors(tensors);
    const { stage, epoch, step } = progress;
    const file = `checkpoint-${stage}-${epoch}-${step}${progress.finished ? "-end" : ""}.safetensors`;
    await this.#guard(async () => {
      await writeFile(join(this.path, `${file}.part`), bytes);
      await rename(join(this.path, `${file}.part`), join(this.path, file));
      const entry = { file, sha256: sha256(bytes), progress };
      await this.#replace(CHECKPOINT, `${JSON.stringify(entry, null, 2)}\n`);
      for (const name of await readdir(this.path)) {
        const isOld = name.startsWith("checkpoint-") && name !== file;
        if (isOld) await rm(join(this.path, name), { force: true });
      }
    });
  }

  /**
   * @returns undefined if the run has not saved anything yet
   * @throws CliError FILE_INVALID, HASH_MISMATCH
   */
  async readCheckpoint(): Promise<Checkpoint | undefined> {
    if (!existsSync(join(this.path, CHECKPOINT))) return undefined;
    const { file, sha256: expected, progress } = await this.#readJson(CHECKPOINT, checkpointSchema);
    const path = join(this.path, file);
    const bytes = await readFileOrFail(path, RESTORE);
    if (sha256(bytes) !== expected) {
      throw new CliError("HASH_MISMATCH", {
        what: `${path} is damaged.`,
        why: "It does not have the SHA-256 that was written down when it was saved.",
        fix: "Start the run again with train run.",
      });
    }
    const tensors = readSafetensors(bytes, path);
    const group = (name: string) =>
      new Map(
        [...tensors]
          .filter(([key]) => key.startsWith(`${name}/`))
          .map(([key, tensor]) => [key.slice(name.length + 1), tensor]),
      );
    return { progress, start: group("start"), session: group("session"), best: group("best") };
  }

  async #replace(name: string, content: string): Promise<void> {
    const path = join(this.path, name);
    await writeFile(`${path}.part`, content);
    await rename(`${path}.part`, path);
  }

  async #readJson<Schema extends z.ZodType>(
    name: string,
    schema: Schema,
  ): Promise<z.infer<Schema>> {
    const path = join(this.path, name);
    const fix = "Give the folder of a run: what --out was for train run.";
    if (!existsSync(path)) {
      throw new CliError("FILE_UNREADABLE", {
        what: `There is no run in ${this.path}.`,
        why: existsSync(this.path) ? `The folder has no ${name}.` : "The folder does not exist.",
        fix,
      });
    }
    return parseFile(path, await readTextOrFail(path, fix), schema, RESTORE);
  }

  async #guard(write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (cause) {
      throw writingFailed(this.path, cause);
    }
  }
}
