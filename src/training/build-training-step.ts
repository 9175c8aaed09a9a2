/** Builds a training step: forward pass, loss, backward pass and optimiser as one graph of standard operators. */
import { type Graph, type GraphNode, prune } from "../graphs/graph.ts";
import { addForward, differentiate } from "./differentiate.ts";
import { addLoss } from "./loss.ts";
import { updateStatistics } from "./operators/batch-normalisation.ts";
import { addOptimiser } from "./optimisers.ts";
import { rebatch } from "./rebatch.ts";
import { scaleWeights } from "./scale-weights.ts";
import { StepBuilder, sizeOf } from "./step-builder.ts";
import { findStepScales } from "./step-scales.ts";
import { TrainingError } from "./training-error.ts";
import type { KeptTensor, TrainingPlan, TrainingStep } from "./training-step.ts";

/** The operator set of what is added. */
const OPSET = 17;

/**
 * @throws TrainingError OPERATOR_NOT_DIFFERENTIABLE; PARAMETER_UNKNOWN if a parameter is not a float constant of the
 *   graph, or is in two groups; PARAMETER_UNUSED if the logits do not depend on one
 */
export function buildTrainingStep(plan: TrainingPlan): TrainingStep {
  return new StepAssembly(plan).assemble();
}

class StepAssembly {
  readonly #plan: TrainingPlan;
  readonly #graph: Graph;
  readonly #step = new StepBuilder();
  readonly #trained: ReadonlySet<string>;
  readonly #kept: KeptTensor[] = [];
  readonly #outputs: string[] = [];

  constructor(plan: TrainingPlan) {
    this.#plan = plan;
    this.#trained = new Set(plan.groups.flatMap(({ parameters }) => parameters));
    requireParameters(plan);
    const needed = prune({ ...plan.graph, outputs: [{ name: plan.logits }] });
    const marked = scaleWeights(needed, (node) => this.#usesBatch(node));
    this.#graph = rebatch(marked, plan.batch);
  }

  assemble(): TrainingStep {
    const { groups, loss: options = {}, optimiser, averageDecay } = this.#plan;
    const step = this.#step;
    const images = this.#addNetwork();
    const logits = this.#flatLogits();
    const shape = step.shapeOf(logits);
    const targets = step.input("targets", shape);
    const weights = step.input("sample-weights", [shape[0] as number]);
    const teacher = options.distillation ? step.input("teacher-logits", shape) : undefined;
    const isScheduled = options.distillation?.temperature === "input";
    const temperature = isScheduled ? step.input("temperature", []) : undefined;
    const inputs = { logits, targets, weights, teacher, temperature };
    const { loss, gradient } = addLoss(step, inputs, options);
    const seed = new Map([
      [this.#plan.logits, step.reshape(gradient, step.shapeOf(this.#plan.logits))],
    ]);
    const gradients = differentiate(step, this.#graph.nodes, seed, this.#trained);
    const { update, perStep } = addOptimiser(step, optimiser);
    const scales = this.#addScales();
    const scalars = groups.map(({ name, parameters, decayed = false }) => {
      const rate = step.input(`rate.${name}`, []);
      const decay = decayed ? step.input(`decay.${name}`, []) : undefined;
      for (const parameter of parameters) {
        const found = gradients.get(parameter) ?? this.#refuseUnused(parameter);
        const scale = scales.get(parameter);
        const next = update({ parameter, gradient: found, rate, decay, scale }, (kind, compute) =>
          this.#keepZeros(parameter, kind, compute),
        );
        this.#keepWeight(parameter, next);
        if (averageDecay !== undefined) this.#keepAverage(parameter, next, averageDecay);
      }
      return { name, rate, decay };
    });
    this.#keepStatistics();
    const lossOutput = this.#output(loss, "loss");
    const logitsOutput = this.#output(logits, "batch-logits");
    const gradientOutputs = this.#plan.gradients
      ? [...gradients].map(
          ([name, tensor]) => [name, this.#output(tensor, `${name}.gradient`)] as const,
        )
      : [];
    return {
      graph: this.#build(),
      images: { name: images, shape: step.shapeOf(images) },
      targets: { name: targets, shape },
      weights,
      teacher,
      temperature,
      groups: scalars,
      perStep,
      kept: this.#kept,
      loss: lossOutput,
      logits: logitsOutput,
      gradients: new Map(gradientOutputs),
    };
  }

  #usesBatch({ inputs }: GraphNode): boolean {
    const { batchStatistics = "none" } = this.#plan;
    if (batchStatistics === "trained")
      return inputs.slice(1, 3).some((name) => this.#trained.has(name));
    return batchStatistics === "all";
  }

  /** Adds the forward pass, and returns the name of the images. */
  #addNetwork(): string {
    const { input, constants, nodes } = this.#graph;
    const moving = new Set([...this.#trained, ...this.#normalisations().flatMap(statisticsOf)]);
    const images = this.#step.input(input.name, input.shape);
    for (const [name, value] of constants) {
      if (moving.has(name)) this.#step.input(name, value.shape);
      else this.#step.constant(name, value);
    }
    addForward(this.#step, nodes);
    return images;
  }

  /** The names of the scales that parameters are trained with. */
  #addScales(): ReadonlyMap<string, string> {
    if (!this.#plan.scaled) return new Map();
    const scales = findStepScales(this.#plan.graph, this.#trained);
    return new Map(
      [...scales].map(([name, scale]) => [name, this.#step.constant(`${name}.scale`, scale)]),
    );
  }

  /** The batch normalisations that use the statistics of the batch. */
  #normalisations(): GraphNode[] {
    return this.#graph.nodes.filter(({ operator }) => operator === "BatchNormalization");
  }

  /** The logits as [N, C]; some networks give [N, C, 1, 1]. */
  #flatLogits(): string {
    const { logits, batch } = this.#plan;
    return this.#step.reshape(logits, [batch, sizeOf(this.#step.shapeOf(logits)) / batch]);
  }

  #keepWeight(parameter: string, next: string): void {
    // The backward pass may read the weight after the new one is computed.
    this.#keep({ owner: parameter, kind: "weight", input: parameter, inPlace: false }, next);
  }

  #keepZeros(owner: string, kind: string, compute: (current: string) => string): string {
    const input = this.#step.input(`${owner}.${kind}`, this.#step.shapeOf(owner));
    return this.#keep({ owner, kind, input, inPlace: true }, compute(input));
  }

  #keepAverage(owner: string, weight: string, decay: number): void {
    const step = this.#step;
    const input = step.input(`${owner}.average`, step.shapeOf(owner));
    const next = step.combine("Add", step.scale(input, decay), step.scale(weight, 1 - decay));
    this.#keep({ owner, kind: "average", input, inPlace: true }, next);
  }

  #keepStatistics(): void {
    for (const node of this.#normalisations()) {
      const updated = updateStatistics(this.#step, node);
      statisticsOf(node).forEach((input, i) => {
        this.#keep({ owner: input, kind: "statistic", input, inPlace: true }, updated[i] as string);
      });
    }
  }

  /** Makes a tensor an output that the next step takes as an input. */
  #keep(tensor: Pick<KeptTensor, "owner" | "kind" | "input" | "inPlace">, next: string): string {
    const output = this.#output(next, `${tensor.input}.next`);
    const starts = tensor.kind === "average" ? tensor.owner : tensor.input;
    const initial = this.#graph.constants.get(starts)?.data as Float32Array | undefined;
    this.#kept.push({ ...tensor, output, shape: this.#step.shapeOf(tensor.input), initial });
    return output;
  }

  #output(tensor: string, name: string): string {
    const output = this.#step.rename(tensor, name);
    this.#outputs.push(output);
    return output;
  }

  #build(): TrainingStep["graph"] {
    const { inputs, constants, nodes } = this.#step;
    const { name, opsets, input } = this.#graph;
    const { input: _, ...graph } = prune({
      name: `${name}-training`,
      opsets: { "": Math.max(OPSET, opsets[""] ?? OPSET) },
      input,
      outputs: this.#outputs.map((output) => ({ name: output })),
      nodes,
      constants,
    });
    return { ...graph, inputs };
  }

  #refuseUnused(parameter: string): never {
    throw new TrainingError("PARAMETER_UNUSED", {
      what: `${parameter} cannot be trained.`,
      why: `The logits of ${this.#graph.name} do not depend on it.`,
      fix: "Name only parameters between the input and the logits.",
    });
  }
}

function statisticsOf({ inputs }: GraphNode): readonly [string, string] {
  return [inputs[3] as string, inputs[4] as string];
}

function requireParameters({ graph, groups }: TrainingPlan): void {
  const seen = new Set<string>();
  for (const parameter of groups.flatMap(({ parameters }) => parameters)) {
    const isFloat = graph.constants.get(parameter)?.type === "float";
    if (isFloat && !seen.has(parameter)) {
      seen.add(parameter);
      continue;
    }
    throw new TrainingError("PARAMETER_UNKNOWN", {
      what: `${parameter} cannot be trained.`,
      why: isFloat
        ? "It is in two groups of parameters."
        : `${graph.name} has no constant of float32 with this name.`,
      fix: "Name each parameter once, as the graph does.",
    });
  }
}
