/** Computes the soft targets of a distillation: a teacher's logits for the pictures of each batch. */
import type { InferenceSession } from "onnxruntime-node";
import { isFixed } from "../../../src/training/augment/augmentation.ts";
import { rebatch } from "../../../src/training/rebatch.ts";
import type { TrainConfig } from "../../../src/training/train-config.ts";
import { type Engine, type Hardware, loadEngine, openNetwork } from "../load-engine.ts";
import type { BatchMaker, TrainingBatch } from "../run/make-batches.ts";
import type { RunPhoto } from "../run/run-folder.ts";
import { combineAnswers } from "./combine-answers.ts";
import type { TeacherMember, TeacherModel } from "./read-teacher.ts";

export type TeacherPlan = {
  readonly teacher: TeacherModel;
  /** Ids, in the order of the student's output. */
  readonly classes: readonly string[];
  readonly config: TrainConfig;
  /** All photos that are trained on. */
  readonly train: readonly RunPhoto[];
  readonly batches: BatchMaker;
  readonly hardware: Hardware;
  /** Each without a full stop. */
  readonly warnings: readonly string[];
};

/** A member of the teacher that can be run. */
type LoadedMember = {
  readonly member: TeacherMember;
  readonly session: InferenceSession;
  readonly input: { readonly name: string; readonly shape: readonly number[] };
  /** Where the classes of the student are in its output. */
  readonly places: readonly number[];
};

/** Loads the teacher when its logits are needed for the first time: writing a finished run needs none. */
export class TeacherOutputs {
  readonly plan: TeacherPlan;
  #open: Promise<{ engine: Engine; loaded: readonly LoadedMember[] }> | undefined;
  #last: Promise<unknown> = Promise.resolve();
  /** By the SHA-256 of the photo, if the pictures are the same in each epoch. */
  #known: Promise<ReadonlyMap<string, Float32Array>> | undefined;

  constructor(plan: TeacherPlan) {
    this.plan = plan;
  }

  /**
   * Returns the teacher's logits for a batch, [N, C] in the order of the student's classes.
   *
   * @param photos - those of the batch
   * @param batch - may be undefined if the pictures are the same in each epoch
   */
  logitsFor(photos: readonly RunPhoto[], batch: TrainingBatch | undefined): Promise<Float32Array> {
    const answers = this.#compute(photos, batch);
    this.#last = answers;
    return answers;
  }

  /** Waits for the last batch, even if its logits are no longer needed. */
  async close(): Promise<void> {
    await this.#last.catch(() => {});
    const opened = await this.#open?.catch(() => undefined);
    for (const { session } of opened?.loaded ?? []) await session.release();
  }

  async #compute(
    photos: readonly RunPhoto[],
    batch: TrainingBatch | undefined,
  ): Promise<Float32Array> {
    const { config, classes } = this.plan;
    const isSame = isFixed(config.augmentation) && config.mixup === 0;
    if (!isSame && batch) return this.#run(batch);
    this.#known ??= this.#runAll();
    const known = await this.#known;
    const answers = new Float32Array(config.batch * classes.length);
    for (const [i, { sha256 }] of photos.entries()) {
      answers.set(known.get(sha256) as Float32Array, i * classes.length);
    }
    return answers;
  }

  /** Runs the teacher once on each photo. The batches are the same after an interruption. */
  async #runAll(): Promise<ReadonlyMap<string, Float32Array>> {
    const { train, batches, config, classes } = this.plan;
    const known = new Map<string, Float32Array>();
    for (let start = 0; start < train.length; start += config.batch) {
      const photos = train.slice(start, start + config.batch);
      const places = photos.map((photo, i) => ({ photo, place: start + i }));
      const answers = await this.#run(await batches.forTraining(places, 0, 0));
      for (const [i, { sha256 }] of photos.entries()) {
        known.set(sha256, answers.slice(i * classes.length, (i + 1) * classes.length));
      }
    }
    return known;
  }

  async #run(batch: TrainingBatch): Promise<Float32Array> {
    this.#open ??= this.#start();
    const { engine, loaded } = await this.#open;
    const answers: { logits: Float32Array; weight: number }[] = [];
    for (const { member, session, input, places } of loaded) {
      const { logits: name, spec } = member.base;
      const images = new engine.Tensor("float32", batch.imagesFor(spec), input.shape);
      const { [name]: output } = await session.run({ [input.name]: images });
      const logits = pick(output?.data as Float32Array, member.classes.length, places);
      answers.push({ logits, weight: member.weight });
    }
    return combineAnswers(answers, this.plan.classes.length);
  }

  async #start() {
    const { teacher, classes, config, hardware } = this.plan;
    const engine = await loadEngine();
    const loaded: LoadedMember[] = [];
    for (const member of teacher.members) {
      const { graph, logits } = member.base;
      const many = rebatch({ ...graph, outputs: [{ name: logits }] }, config.batch);
      const session = await openNetwork(engine, many, hardware);
      const places = classes.map((id) => member.classes.indexOf(id));
      loaded.push({ member, session, input: many.input, places });
    }
    return { engine, loaded };
  }
}

/** Takes some columns of [N, width]. */
function pick(values: Float32Array, width: number, places: readonly number[]): Float32Array {
  const rows = values.length / width;
  const picked = new Float32Array(rows * places.length);
  for (let row = 0; row < rows; row++) {
    for (const [i, place] of places.entries()) {
      picked[row * places.length + i] = values[row * width + place] as number;
    }
  }
  return picked;
}
