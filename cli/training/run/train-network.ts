/** Trains a network: stage by stage, epoch by epoch, step by step. */
import type { Graph } from "../../../src/graphs/graph.ts";
import type { StateDict } from "../../../src/graphs/safetensors/read-safetensors.ts";
import { topK } from "../../../src/inference/top-k.ts";
import { buildTrainingStep } from "../../../src/training/build-training-step.ts";
import { orderPhotos } from "../../../src/training/data/plan-epoch.ts";
import { listParameters } from "../../../src/training/list-parameters.ts";
import { putWeights } from "../../../src/training/replace-head.ts";
import type { TrainConfig, TrainStage } from "../../../src/training/train-config.ts";
import type { ParameterGroup } from "../../../src/training/training-step.ts";
import { CliError } from "../../cli-error.ts";
import { TrainingSession } from "../training-session.ts";
import type { BatchData, BatchMaker } from "./make-batches.ts";
import {
  BEGINNING,
  type Checkpoint,
  type EpochEntry,
  type Progress,
  type RunFolder,
  type RunPhoto,
  type Score,
} from "./run-folder.ts";
import { runOverPhotos, scoreLogits } from "./score-photos.ts";
import { groupParameters, ratesOf } from "./stage-rates.ts";

/** What is shown while training. */
export type Report = {
  readonly epoch: number;
  readonly epochs: number;
  /** Photos of this epoch that were trained on. */
  readonly done: number;
  readonly total: number;
  /** Mean of this epoch so far. */
  readonly loss: number;
};

export type Training = {
  readonly folder: RunFolder;
  readonly config: TrainConfig;
  /** With a new head, and the base model's weights. */
  readonly graph: Graph;
  /** The name of the tensor with one number for each class. */
  readonly logits: string;
  readonly train: readonly RunPhoto[];
  /** May be empty: then the last weights are the result. */
  readonly validation: readonly RunPhoto[];
  readonly batches: BatchMaker;
  readonly threads: number | undefined;
  /** Ends training after the current step. */
  readonly signal: AbortSignal;
  readonly onStep: (report: Report) => void;
  readonly onEpoch: (entry: EpochEntry) => void;
};

/** A state is saved at least so often, so that a crash costs no more. */
const SAVE_EVERY_MS = 300_000;

/**
 * Trains until the end, from the run's last checkpoint if there is one.
 *
 * @returns the best weights, by name
 * @throws CliError INTERRUPTED after everything was saved; TrainingError
 */
export async function trainNetwork(training: Training): Promise<StateDict> {
  const saved = await training.folder.readCheckpoint();
  let state: Checkpoint = saved ?? {
    progress: BEGINNING,
    start: new Map(),
    session: new Map(),
    best: new Map(),
  };
  const { stages } = training.config;
  // A crash between the two leaves a line of an epoch that is trained again.
  await training.folder.truncateLog(({ stage, epoch }) => isDone(state.progress, stage, epoch));
  while (!state.progress.finished) {
    const stage = new StageRun(training, stages[state.progress.stage] as TrainStage, state);
    state = await stage.run();
    await training.folder.save(state);
  }
  return state.best;
}

/** Whether an epoch, from 1, is complete. */
function isDone({ stage, epoch }: Progress, ofStage: number, number: number): boolean {
  return ofStage < stage || (ofStage === stage && number <= epoch);
}

class StageRun {
  readonly #training: Training;
  readonly #stage: TrainStage;
  readonly #graph: Graph;
  readonly #groups: readonly ParameterGroup[];
  readonly #stepsPerEpoch: number;
  readonly #start: StateDict;
  #state: Checkpoint;
  #savedAt = Date.now();

  constructor(training: Training, stage: TrainStage, state: Checkpoint) {
    this.#training = training;
    this.#stage = stage;
    this.#state = state;
    this.#start = state.start;
    this.#graph = putWeights(training.graph, state.start);
    this.#groups = groupParameters(listParameters(training.graph, training.logits), stage);
    this.#stepsPerEpoch = Math.ceil(this.#orderOf(0).length / training.config.batch);
  }

  /** @returns the state at the beginning of the next stage, or at the end */
  async run(): Promise<Checkpoint> {
    const { config, logits, threads } = this.#training;
    const step = buildTrainingStep({
      graph: this.#graph,
      logits,
      batch: config.batch,
      groups: this.#groups.map((group) => ({ ...group, decayed: config.weightDecay > 0 })),
      optimiser: config.optimiser,
      loss: { labelSmoothing: config.labelSmoothing },
      scaled: config.scaled,
      ...(config.averageDecay === undefined ? {} : { averageDecay: config.averageDecay }),
    });
    const session = await TrainingSession.start(step, threads === undefined ? {} : { threads });
    try {
      const { progress, session: tensors } = this.#state;
      if (tensors.size > 0) session.writeState({ steps: progress.steps, tensors });
      for (let epoch = progress.epoch; epoch < this.#stage.epochs; epoch++) {
        await this.#runEpoch(session, epoch);
        if (await this.#closeEpoch(session, epoch)) break;
      }
      return this.#closeStage(session);
    } finally {
      await session.release();
    }
  }

  async #runEpoch(session: TrainingSession, epoch: number): Promise<void> {
    const { config, batches, train, signal, onStep } = this.#training;
    const order = this.#orderOf(epoch);
    const slice = (step: number) =>
      order.slice(step * config.batch, (step + 1) * config.batch).map((index, i) => ({
        photo: train[index] as RunPhoto,
        place: step * config.batch + i,
      }));
    const { stage } = this.#state.progress;
    const prepare = (step: number) => batches.forTraining(slice(step), stage, epoch);
    const first = this.#state.progress.step;
    let next: Promise<BatchData> | undefined;
    for (let step = first; step < this.#stepsPerEpoch; step++) {
      if (signal.aborted) await this.#interrupt(session);
      const batch = await (next ?? prepare(step));
      // The next batch is prepared while this one is trained on.
      next = step + 1 < this.#stepsPerEpoch ? prepare(step + 1) : undefined;
      next?.catch(() => {});
      const photos = slice(step).map(({ photo }) => photo);
      const result = await session.run({ ...batch, ...this.#ratesAt(session.steps) });
      this.#count(session, photos, result.loss, result.logits);
      const { seen, lossSum } = this.#state.progress;
      onStep({
        epoch: this.#epochsBefore() + epoch + 1,
        epochs: this.#training.config.stages.reduce((sum, { epochs }) => sum + epochs, 0),
        done: seen,
        total: order.length,
        loss: lossSum / seen,
      });
      if (Date.now() - this.#savedAt > SAVE_EVERY_MS) await this.#save(session);
    }
  }

  #count(
    session: TrainingSession,
    photos: readonly RunPhoto[],
    loss: number,
    logits: Float32Array,
  ): void {
    const classes = logits.length / this.#training.config.batch;
    const right = photos.filter((photo, i) => {
      const own = logits.subarray(i * classes, (i + 1) * classes);
      return topK(Float64Array.from(own), 1)[0]?.classIndex === photo.class;
    }).length;
    const { progress } = this.#state;
    this.#update({
      step: progress.step + 1,
      seen: progress.seen + photos.length,
      lossSum: progress.lossSum + loss * photos.length,
      right: progress.right + right,
      steps: session.steps,
    });
  }

  /** @returns whether the stage ends early */
  async #closeEpoch(session: TrainingSession, epoch: number): Promise<boolean> {
    const { config, validation, folder, onEpoch } = this.#training;
    const { stage, seen, lossSum, right, best, waited } = this.#state.progress;
    const weights = this.#weightsOf(session);
    const score = validation.length > 0 ? await this.#score(weights) : null;
    const isBest = score === null || best === null || isBetter(score, best.score);
    const { rates } = this.#ratesAt(Math.max(0, session.steps - 1));
    const entry: EpochEntry = {
      stage,
      epoch: epoch + 1,
      train: { accuracy: right / seen, loss: lossSum / seen },
      validation: score,
      rate: rates.body ?? 0,
      headRate: rates.head as number,
      isBest,
    };
    const isLast = stage === config.stages.length - 1;
    if (isBest) this.#state = { ...this.#state, best: weights };
    this.#update({
      epoch: epoch + 1,
      step: 0,
      seen: 0,
      lossSum: 0,
      right: 0,
      best: isBest
        ? { stage, epoch: epoch + 1, score: score ?? entry.train }
        : (best as NonNullable<Progress["best"]>),
      waited: isBest || !isLast ? 0 : waited + 1,
    });
    await folder.log(entry);
    onEpoch(entry);
    const isOver = isLast && this.#state.progress.waited >= config.patience;
    if (!isOver && epoch + 1 < this.#stage.epochs) await this.#save(session);
    return isOver;
  }

  async #closeStage(session: TrainingSession): Promise<Checkpoint> {
    const { progress, best } = this.#state;
    const isLast = progress.stage === this.#training.config.stages.length - 1;
    return {
      progress: {
        ...progress,
        stage: isLast ? progress.stage : progress.stage + 1,
        epoch: isLast ? progress.epoch : 0,
        steps: 0,
        finished: isLast,
      },
      start: isLast ? this.#start : this.#weightsOf(session),
      session: new Map(),
      best,
    };
  }

  async #score(weights: StateDict): Promise<Score> {
    const { graph, logits, validation, batches, threads } = this.#training;
    const network = { graph: putWeights(graph, weights), logits };
    return scoreLogits(await runOverPhotos(network, validation, batches, threads), validation);
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
    const { stages } = this.#training.config;
    return stages.slice(0, this.#state.progress.stage).reduce((sum, { epochs }) => sum + epochs, 0);
  }

  #ratesAt(step: number) {
    const names = this.#groups.map(({ name }) => name);
    return ratesOf(this.#stage, names, step, this.#stepsPerEpoch, this.#training.config);
  }

  #update(change: Partial<Progress>): void {
    this.#state = { ...this.#state, progress: { ...this.#state.progress, ...change } };
  }

  async #save(session: TrainingSession): Promise<void> {
    const { tensors } = session.readState();
    await this.#training.folder.save({ ...this.#state, start: this.#start, session: tensors });
    this.#savedAt = Date.now();
  }

  async #interrupt(session: TrainingSession): Promise<never> {
    await this.#save(session);
    const { path } = this.#training.folder;
    throw new CliError("INTERRUPTED", {
      what: "Training was stopped.",
      why: "You pressed Ctrl-C, or the process was asked to end. Everything is saved.",
      fix: `Go on with resnet-edge train resume ${path}.`,
    });
  }
}

/** By accuracy; the loss decides between equals. */
function isBetter(score: Score, other: Score): boolean {
  return score.accuracy === other.accuracy
    ? score.loss < other.loss
    : score.accuracy > other.accuracy;
}
