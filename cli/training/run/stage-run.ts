/** Trains one stage of a run: epoch by epoch, step by step. */
import type { Graph } from "../../../src/graphs/graph.ts";
import type { StateDict } from "../../../src/graphs/safetensors/read-safetensors.ts";
import { buildTrainingStep } from "../../../src/training/build-training-step.ts";
import { orderPhotos } from "../../../src/training/data/plan-epoch.ts";
import { listParameters } from "../../../src/training/list-parameters.ts";
import type { LossOptions } from "../../../src/training/loss.ts";
import { putWeights } from "../../../src/training/replace-head.ts";
import { temperatureAt } from "../../../src/training/schedule.ts";
import type { TrainConfig, TrainStage } from "../../../src/training/train-config.ts";
import type { ParameterGroup } from "../../../src/training/training-step.ts";
import { TrainingSession } from "../training-session.ts";
import {
  closeEpoch,
  closeStage,
  countStep,
  describeEpoch,
  epochsBefore,
} from "./epoch-progress.ts";
import { type FrozenPart, findFrozenPart, KeptOutputs } from "./frozen-part.ts";
import { interrupted, resumeCommand } from "./interrupted.ts";
import type { BatchData } from "./make-batches.ts";
import type { Checkpoint, Progress, RunPhoto, Score } from "./run-folder.ts";
import { runOverPhotos, scoreLogits } from "./score-photos.ts";
import { groupParameters, ratesOf } from "./stage-rates.ts";
import type { Training } from "./training.ts";

/** A state is saved at least so often, so that a crash costs no more. */
const SAVE_EVERY_MS = 300_000;

export class StageRun {
  readonly #training: Training;
  readonly #stage: TrainStage;
  readonly #graph: Graph;
  readonly #groups: readonly ParameterGroup[];
  readonly #stepsPerEpoch: number;
  readonly #start: StateDict;
  readonly #frozen: FrozenPart | undefined;
  #kept: KeptOutputs | undefined;
  #state: Checkpoint;
  #savedAt = Date.now();

  constructor(training: Training, stage: TrainStage, state: Checkpoint) {
    this.#training = training;
    this.#stage = stage;
    this.#state = state;
    this.#start = state.start;
    this.#graph = putWeights(training.graph, state.start);
    this.#groups = groupParameters(listParameters(training.graph, training.logits), stage);
    const trained = this.#groups.flatMap(({ parameters }) => parameters);
    this.#frozen = findFrozenPart(training, this.#graph, trained);
    this.#stepsPerEpoch = Math.ceil(this.#orderOf(0).length / training.config.batch);
  }

  /** @returns the state at the beginning of the next stage, or at the end */
  async run(): Promise<Checkpoint> {
    const { config, logits, hardware } = this.#training;
    const step = buildTrainingStep({
      graph: this.#frozen?.parts.train ? this.#frozen.trained : this.#graph,
      logits,
      batch: config.batch,
      groups: this.#groups.map((group) => ({ ...group, decayed: config.weightDecay > 0 })),
      optimiser: config.optimiser,
      loss: lossOf(config),
      scaled: config.scaled,
      ...(config.averageDecay === undefined ? {} : { averageDecay: config.averageDecay }),
    });
    const session = await TrainingSession.start(step, hardware);
    try {
      const { progress, session: tensors } = this.#state;
      if (tensors.size > 0) session.writeState({ steps: progress.steps, tensors });
      await this.#keep(session);
      for (let epoch = progress.epoch; epoch < this.#stage.epochs; epoch++) {
        await this.#runEpoch(session, epoch);
        if (await this.#closeEpoch(session, epoch)) break;
      }
      return this.#closeStage(session);
    } finally {
      await session.release();
    }
  }

  async #keep(session: TrainingSession): Promise<void> {
    if (!this.#frozen) return;
    this.#kept = await KeptOutputs.compute(this.#frozen, this.#training);
    if (!this.#kept) await this.#interrupt(session);
  }

  async #runEpoch(session: TrainingSession, epoch: number): Promise<void> {
    const { config, batches, teacherOutputs, train, signal, onStep } = this.#training;
    const order = this.#orderOf(epoch);
    const slice = (step: number) =>
      order.slice(step * config.batch, (step + 1) * config.batch).map((index, i) => ({
        photo: train[index] as RunPhoto,
        place: step * config.batch + i,
      }));
    const { stage } = this.#state.progress;
    const prepare = async (step: number) => {
      const photos = slice(step).map(({ photo }) => photo);
      if (this.#kept?.part.parts.train) {
        const teacher = await teacherOutputs?.logitsFor(photos, undefined);
        const images = this.#kept.stack(photos, config.batch);
        return { ...batches.label(photos), images, ...(teacher ? { teacher } : {}) };
      }
      const batch = await batches.forTraining(slice(step), stage, epoch);
      const teacher = await teacherOutputs?.logitsFor(photos, batch);
      return teacher ? { ...batch, teacher } : batch;
    };
    const first = this.#state.progress.step;
    let next: Promise<BatchData> | undefined;
    for (let step = first; step < this.#stepsPerEpoch; step++) {
      if (signal.aborted) await this.#interrupt(session);
      const batch = await (next ?? prepare(step));
      // The photos of the next batch are read while this one is trained on.
      next = step + 1 < this.#stepsPerEpoch ? prepare(step + 1) : undefined;
      next?.catch(() => {});
      const photos = slice(step).map(({ photo }) => photo);
      const result = await session.run({ ...batch, ...this.#settingsAt(session.steps) });
      const classes = result.logits.length / config.batch;
      this.#update(countStep(this.#state.progress, photos, result, classes));
      const { seen, lossSum } = this.#state.progress;
      onStep({
        epoch: this.#epochsBefore() + epoch + 1,
        epochs: epochsBefore(config, config.stages.length),
        done: seen,
        total: order.length,
        loss: lossSum / seen,
      });
      if (Date.now() - this.#savedAt > SAVE_EVERY_MS) await this.#save(session);
    }
  }

  /** @returns whether the stage ends early */
  async #closeEpoch(session: TrainingSession, epoch: number): Promise<boolean> {
    const { config, validation, folder, onEpoch } = this.#training;
    const weights = this.#weightsOf(session);
    const score = validation.length > 0 ? await this.#score(weights) : null;
    const { rates } = this.#ratesAt(Math.max(0, session.steps - 1));
    const entry = describeEpoch(this.#state.progress, epoch, score, rates);
    if (entry.isBest) this.#state = { ...this.#state, best: weights };
    this.#update(closeEpoch(this.#state.progress, entry, this.#isLast));
    await folder.log(entry);
    onEpoch(entry);
    const isOver = this.#isLast && this.#state.progress.waited >= config.patience;
    if (!isOver && epoch + 1 < this.#stage.epochs) await this.#save(session);
    return isOver;
  }

  #closeStage(session: TrainingSession): Checkpoint {
    return {
      progress: closeStage(this.#state.progress, this.#isLast),
      start: this.#isLast ? this.#start : this.#weightsOf(session),
      session: new Map(),
      best: this.#state.best,
    };
  }

  get #isLast(): boolean {
    return this.#state.progress.stage === this.#training.config.stages.length - 1;
  }

  async #score(weights: StateDict): Promise<Score> {
    const { graph, logits, validation, batches, hardware } = this.#training;
    const kept = this.#kept?.part.parts.validation ? this.#kept : undefined;
    const outputs = kept
      ? await kept.finish(weights, validation, hardware)
      : await runOverPhotos(
          { graph: putWeights(graph, weights), logits },
          validation,
          batches,
          hardware,
        );
    return scoreLogits(outputs, validation);
  }

  /** All weights that differ from the base model's: also those that an earlier stage has trained. */
  #weightsOf(session: TrainingSession): StateDict {
    const averages = session.readAverages();
    const own = averages.size > 0 ? averages : session.readWeights();
    return new Map([...this.#start, ...own]);
  }

  #orderOf(epoch: number): number[] {
    const { config, train } = this.#training;
    const { seed, oversample } = config;
    const classes = train.map((photo) => photo.class);
    const number = this.#epochsBefore() + epoch;
    return orderPhotos(classes, { seed, epoch: number, oversample });
  }

  #epochsBefore(): number {
    return epochsBefore(this.#training.config, this.#state.progress.stage);
  }

  /** What changes from step to step. */
  #settingsAt(step: number) {
    const { config } = this.#training;
    const { distillation, stages } = config;
    if (!distillation) return this.#ratesAt(step);
    const before = this.#epochsBefore() * this.#stepsPerEpoch;
    const all = epochsBefore(config, stages.length) * this.#stepsPerEpoch;
    const temperature = temperatureAt(before + step, distillation.temperature, all);
    return { ...this.#ratesAt(step), temperature };
  }

  #ratesAt(step: number) {
    const names = this.#groups.map(({ name }) => name);
    return ratesOf(this.#stage, names, step, this.#stepsPerEpoch, this.#training.config);
  }

  #update(progress: Progress): void {
    this.#state = { ...this.#state, progress };
  }

  async #save(session: TrainingSession): Promise<void> {
    const { tensors } = session.readState();
    await this.#training.folder.save({ ...this.#state, start: this.#start, session: tensors });
    this.#savedAt = Date.now();
  }

  async #interrupt(session: TrainingSession): Promise<never> {
    await this.#save(session);
    const { folder, resumeCommand: command = resumeCommand(folder.path, {}) } = this.#training;
    throw interrupted("Training was stopped.", command);
  }
}

function lossOf({ labelSmoothing, distillation }: TrainConfig): LossOptions {
  if (!distillation) return { labelSmoothing };
  return { labelSmoothing, distillation: { alpha: distillation.alpha, temperature: "input" } };
}
