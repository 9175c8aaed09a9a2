/** Runs training steps in onnxruntime-node. */
import type { InferenceSession, Tensor } from "onnxruntime-node";
import { writeGraph } from "../../src/graphs/onnx/write-model.ts";
import type { StateDict } from "../../src/graphs/safetensors/read-safetensors.ts";
import { TrainingError } from "../../src/training/training-error.ts";
import type { KeptTensor, TrainingStep } from "../../src/training/training-step.ts";
import { type Engine, type Hardware, loadEngine, openSession } from "./load-engine.ts";

/** A batch, and the settings of one step. */
export type Batch = {
  /** [N, 3, H, W], normalised as the network expects */
  readonly images: Float32Array;
  /** Probabilities of the classes, [N, C]; each row has the sum 1 */
  readonly targets: Float32Array;
  /** How much each image counts, [N]: 0 for one that fills up a batch. 1 each if undefined. */
  readonly weights?: Float32Array;
  /** Another network's logits, [N, C]; for distillation */
  readonly teacher?: Float32Array;
  /** Of the distillation, if it was not fixed when the step was built; above 0 */
  readonly temperature?: number;
  /** The learning rate of each group of parameters. */
  readonly rates: Readonly<Record<string, number>>;
  /** The weight decay of each group that has one; 0 if undefined. */
  readonly decays?: Readonly<Record<string, number>>;
};

export type StepResult = {
  /** The mean over the batch, before the update. */
  readonly loss: number;
  /** [N, C], before the update */
  readonly logits: Float32Array;
  /** By parameter; empty unless the step was built to return them. */
  readonly gradients: ReadonlyMap<string, Float32Array>;
};

/** Everything that has to be stored to continue later: weights, statistics, averages, and the optimiser's tensors. */
export type TrainingState = { readonly steps: number; readonly tensors: StateDict };

/** A tensor that is kept, with the buffers of its current and its next value. */
type Slot = KeptTensor & { current: Tensor; next: Tensor };

/** Keeps the weights and the optimiser's tensors between steps, in buffers that ONNX Runtime reads and writes in place. */
export class TrainingSession {
  readonly #engine: Engine;
  readonly #session: InferenceSession;
  readonly #step: TrainingStep;
  readonly #slots: readonly Slot[];
  #steps = 0;

  private constructor(engine: Engine, session: InferenceSession, step: TrainingStep) {
    this.#engine = engine;
    this.#session = session;
    this.#step = step;
    this.#slots = step.kept.map((tensor) => {
      const current = this.#tensor(tensor.initial?.slice() ?? zeros(tensor.shape), tensor.shape);
      const next = tensor.inPlace ? current : this.#tensor(zeros(tensor.shape), tensor.shape);
      return { ...tensor, current, next };
    });
  }

  /** @throws TrainingError ENGINE_MISSING, DEVICE_UNUSABLE */
  static async start(step: TrainingStep, hardware: Hardware = {}): Promise<TrainingSession> {
    const engine = await loadEngine();
    const session = await openSession(engine, writeGraph(step.graph), hardware, {
      // Threads that wait for work by spinning would take it from whatever prepares the next batch.
      extra: { session: { intra_op: { allow_spinning: "0" } } },
    });
    return new TrainingSession(engine, session, step);
  }

  /** The number of steps so far. */
  get steps(): number {
    return this.#steps;
  }

  /**
   * Runs one step: computes the loss and the gradients of a batch, and updates the weights.
   *
   * @throws TrainingError BATCH_INVALID; LOSS_NOT_FINITE: the weights stay as they were before the step, but the
   *   optimiser's tensors are lost
   */
  async run(batch: Batch): Promise<StepResult> {
    const { loss, logits, gradients } = this.#step;
    const fetches: Record<string, Tensor | null> = { [loss]: null, [logits]: null };
    for (const name of gradients.values()) fetches[name] = null;
    for (const { output, next } of this.#slots) fetches[output] = next;
    const outputs = await this.#session.run(this.#feed(batch), fetches);
    const value = valuesOf(outputs[loss])[0] as number;
    if (!Number.isFinite(value)) throw this.#diverged(value);
    for (const slot of this.#slots) [slot.current, slot.next] = [slot.next, slot.current];
    this.#steps++;
    return {
      loss: value,
      logits: valuesOf(outputs[logits]),
      gradients: new Map([...gradients].map(([name, output]) => [name, valuesOf(outputs[output])])),
    };
  }

  /** Copies the trained weights and the updated statistics, by name. */
  readWeights(): StateDict {
    return this.#read(({ kind }) => kind === "weight" || kind === "statistic", ownerOf);
  }

  /** Like {@link readWeights}, with the moving averages of the weights; empty if there are none. */
  readAverages(): StateDict {
    const averages = this.#read(({ kind }) => kind === "average", ownerOf);
    if (averages.size === 0) return averages;
    return new Map([...this.readWeights(), ...averages]);
  }

  /**
   * Replaces weights and statistics; those that are not given stay as they are.
   *
   * @throws TrainingError PARAMETER_UNKNOWN if one is not trained, or has another shape
   */
  writeWeights(weights: StateDict): void {
    const slots = this.#slots.filter(({ kind }) => kind === "weight" || kind === "statistic");
    write(weights, new Map(slots.map((slot) => [slot.owner, slot])));
  }

  /** Copies everything that the next step depends on. */
  readState(): TrainingState {
    return { steps: this.#steps, tensors: this.#read(() => true, inputOf) };
  }

  /** @throws TrainingError PARAMETER_UNKNOWN if the state is that of another step */
  writeState({ steps, tensors }: TrainingState): void {
    write(tensors, new Map(this.#slots.map((slot) => [slot.input, slot])));
    this.#steps = steps;
  }

  release(): Promise<void> {
    return this.#session.release();
  }

  #feed(batch: Batch): Record<string, Tensor> {
    const { images, targets, weights, teacher, temperature, groups, perStep } = this.#step;
    const [count = 0] = images.shape;
    const counts = batch.weights ?? new Float32Array(count).fill(1);
    requireLength("images", batch.images, images.shape);
    requireLength("targets", batch.targets, targets.shape);
    requireLength("weights", counts, [count]);
    if (!counts.some((value) => value > 0)) throw invalid("no image has a weight above 0");
    const feeds: Record<string, Tensor> = {
      [images.name]: this.#tensor(batch.images, images.shape),
      [targets.name]: this.#tensor(batch.targets, targets.shape),
      [weights]: this.#tensor(counts, [count]),
    };
    if (teacher !== undefined) {
      const logits = batch.teacher ?? new Float32Array();
      requireLength("teacher", logits, targets.shape);
      feeds[teacher] = this.#tensor(logits, targets.shape);
    }
    if (temperature !== undefined) {
      const { temperature: value = 0 } = batch;
      if (!(value > 0)) throw invalid(`the temperature is ${value}, and must be above 0`);
      feeds[temperature] = this.#scalar(value);
    }
    for (const { name, rate, decay } of groups) {
      const value = batch.rates[name];
      if (value === undefined) throw invalid(`the group ${name} has no learning rate`);
      feeds[rate] = this.#scalar(value);
      if (decay !== undefined) feeds[decay] = this.#scalar(batch.decays?.[name] ?? 0);
    }
    for (const { name, at } of perStep) feeds[name] = this.#scalar(at(this.#steps + 1));
    for (const { input, current } of this.#slots) feeds[input] = current;
    return feeds;
  }

  #read(wanted: (slot: Slot) => boolean, nameOf: (slot: Slot) => string): StateDict {
    const slots = this.#slots.filter(wanted);
    return new Map(
      slots.map((slot) => [
        nameOf(slot),
        { shape: slot.shape, data: valuesOf(slot.current).slice() },
      ]),
    );
  }

  #scalar(value: number): Tensor {
    return this.#tensor(Float32Array.of(value), []);
  }

  #tensor(data: Float32Array, shape: readonly number[]): Tensor {
    return new this.#engine.Tensor("float32", data, shape);
  }

  #diverged(value: number): TrainingError {
    return new TrainingError("LOSS_NOT_FINITE", {
      what: `Training diverged in step ${this.#steps + 1}.`,
      why: `The loss is ${value}: the weights have become too large, or the images or targets have values that are not numbers.`,
      fix: "Use a lower learning rate, and increase it slowly at the start.",
    });
  }
}

const ownerOf = ({ owner }: Slot) => owner;
const inputOf = ({ input }: Slot) => input;

function write(tensors: StateDict, slots: ReadonlyMap<string, Slot>): void {
  for (const [name, { data }] of tensors) {
    const slot = slots.get(name);
    const target = slot && valuesOf(slot.current);
    if (target?.length === data.length) {
      target.set(data);
      continue;
    }
    throw new TrainingError("PARAMETER_UNKNOWN", {
      what: `The values of ${name} cannot be used.`,
      why: target
        ? `They are ${data.length} numbers, not ${target.length}.`
        : "The step does not train a parameter with this name.",
      fix: "Use values that were read from the same network with the same settings.",
    });
  }
}

function valuesOf(tensor: Tensor | undefined): Float32Array {
  return tensor?.data as Float32Array;
}

function zeros(shape: readonly number[]): Float32Array {
  return new Float32Array(sizeOf(shape));
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}

function requireLength(name: string, values: Float32Array, shape: readonly number[]): void {
  if (values.length === sizeOf(shape)) return;
  throw invalid(
    `${name} has ${values.length} values, not ${sizeOf(shape)} ([${shape.join(", ")}])`,
  );
}

function invalid(reason: string): TrainingError {
  return new TrainingError("BATCH_INVALID", {
    what: "The batch cannot be used for a step.",
    why: `It does not fit the step: ${reason}.`,
    fix: "Give as many images and targets as the step was built for; fill up a smaller batch with images of weight 0.",
  });
}
