/** Training sessions: the same bytes each time, nothing computed for what is frozen, and errors. */
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { TrainingSession } from "../../cli/training/training-session.ts";
import { findConsumers, type Graph, integers, makeNode } from "../../src/graphs/graph.ts";
import { buildResNetGraph } from "../../src/graphs/resnet/build-resnet.ts";
import type { StateDict } from "../../src/graphs/safetensors/read-safetensors.ts";
import { buildTrainingStep } from "../../src/training/build-training-step.ts";
import type { Parameter } from "../../src/training/list-parameters.ts";
import { replaceHead } from "../../src/training/replace-head.ts";
import type { TrainingPlan } from "../../src/training/training-step.ts";
import { makeResNet } from "../support/make-resnet.ts";
import {
  makeNarrowResNet,
  makeTrainingBatch,
  nameParameters,
  readEmbedded,
} from "./support/networks.ts";

const SIDE = 64;
const CLASSES = 5;
const BATCH = 2;
const narrow = makeNarrowResNet(SIDE, CLASSES);
const images = makeTrainingBatch(BATCH, SIDE, CLASSES);

function makePlan(graph: Graph, wanted: (parameter: Parameter) => boolean): TrainingPlan {
  return {
    graph,
    logits: "logits",
    batch: BATCH,
    groups: [{ name: "all", parameters: nameParameters(graph, wanted), decayed: true }],
    optimiser: { kind: "adamw" },
    averageDecay: 0.9,
  };
}

const everything = () => true;
const lastStage = ({ stage }: Parameter) => stage === "head" || stage >= 5;
const headOnly = ({ stage }: Parameter) => stage === "head";

async function withSession<Value>(
  plan: TrainingPlan,
  use: (session: TrainingSession) => Promise<Value>,
  threads = 1,
): Promise<Value> {
  const session = await TrainingSession.start(buildTrainingStep(plan), { threads });
  try {
    return await use(session);
  } finally {
    await session.release();
  }
}

function hash(tensors: StateDict): string {
  const sum = createHash("sha256");
  for (const [name, { data }] of tensors) sum.update(name).update(data);
  return sum.digest("hex");
}

describe("a training session", () => {
  // Sizes at which ONNX Runtime divides products of matrices among threads in different ways.
  it.each([
    ["all of resnet18", "resnet18", 64, 2, everything],
    ["the last stage of efficientnet-lite0", "efficientnet-lite0", 32, 8, lastStage],
  ])(
    "gives the same bytes with 1, 2 and 3 threads: %s",
    async (_what, name, side, batch, wanted) => {
      const graph = replaceHead(await readEmbedded(name, side), "logits", 20);
      const plan = { ...makePlan(graph, wanted), batch };
      const images = { ...makeTrainingBatch(batch, side, 20), rates: { all: 1e-4 } };
      const hashes: string[] = [];
      for (const threads of [1, 2, 3]) {
        const train = async (session: TrainingSession) => {
          for (let i = 0; i < 2; i++) await session.run(images);
          return session.readState();
        };
        hashes.push(hash((await withSession(plan, train, threads)).tensors));
      }
      expect(new Set(hashes).size).toBe(1);
    },
  );

  it("continues from a stored state as if it had not been interrupted", async () => {
    const batch = { ...images, rates: { all: 1e-3 }, decays: { all: 0.01 } };
    const plan = makePlan(narrow, everything);
    const [state, expected] = await withSession(plan, async (session) => {
      await session.run(batch);
      const stored = session.readState();
      await session.run(batch);
      return [stored, session.readState()];
    });
    const found = await withSession(plan, async (session) => {
      session.writeState(state);
      await session.run(batch);
      return session.readState();
    });
    expect(hash(found.tensors)).toBe(hash(expected.tensors));
    expect(found.steps).toBe(2);
  });

  it("learns a batch by heart", async () => {
    const batch = { ...images, rates: { all: 1e-2 } };
    const losses = await withSession(
      { ...makePlan(narrow, everything), batchStatistics: "all" },
      async (session) => {
        const all: number[] = [];
        for (let i = 0; i < 12; i++) all.push((await session.run(batch)).loss);
        return all;
      },
    );
    expect(losses.at(-1)).toBeLessThan((losses[0] as number) / 20);
  });

  it("moves the averages a tenth of the way to the weights", async () => {
    const batch = { ...images, rates: { all: 1e-3 } };
    await withSession(makePlan(narrow, headOnly), async (session) => {
      const before = session.readWeights().get("fc.bias")?.data as Float32Array;
      await session.run(batch);
      const after = session.readWeights().get("fc.bias")?.data as Float32Array;
      const average = session.readAverages().get("fc.bias")?.data as Float32Array;
      for (const [i, value] of average.entries()) {
        expect(value).toBeCloseTo(0.9 * (before[i] as number) + 0.1 * (after[i] as number), 6);
      }
    });
  });

  it("does not change weights that have been read, and takes weights from outside", async () => {
    const batch = { ...images, rates: { all: 1e-3 } };
    await withSession(makePlan(narrow, headOnly), async (session) => {
      const weights = session.readWeights();
      const before = hash(weights);
      const { loss } = await session.run(batch);
      await session.run(batch);
      expect(hash(weights)).toBe(before);
      session.writeWeights(weights);
      expect((await session.run(batch)).loss).toBe(loss);
    });
  });

  it("ignores images of weight 0", async () => {
    await withSession(makePlan(narrow, headOnly), async (session) => {
      const weights = Float32Array.of(1, 0);
      const start = session.readState();
      const { loss } = await session.run({ ...images, weights, rates: { all: 1e-3 } });
      const after = hash(session.readWeights());
      session.writeState(start);
      const other = images.images.map((value, i) =>
        i < images.images.length / 2 ? value : -value,
      );
      const changed = { ...images, images: other, weights, rates: { all: 1e-3 } };
      expect((await session.run(changed)).loss).toBe(loss);
      expect(hash(session.readWeights())).toBe(after);
    });
  });
});

describe("what is frozen", () => {
  it.each([
    ["the head alone is trained", headOnly],
    ["the last stage is trained", lastStage],
    [
      "a weight in the middle is trained",
      ({ name }: Parameter) => name === "layer3.0.conv2.weight",
    ],
  ])("has no nodes in the backward pass if %s", (_what, wanted) => {
    const plan = { ...makePlan(narrow, wanted), optimiser: { kind: "sgd", momentum: 0 } as const };
    const trained = new Set(plan.groups.flatMap(({ parameters }) => parameters));
    const order = nameParameters(narrow, ({ kind }) => kind === "weight");
    const first = order.findIndex((name) => trained.has(name));
    const step = buildTrainingStep(plan);
    const consumers = findConsumers(step.graph);
    // Only the forward pass reads a weight before the first trained one.
    for (const name of order.slice(0, first)) {
      const scaled = consumers.get(name) ?? [];
      expect(scaled).toHaveLength(1);
      expect(consumers.get(scaled[0]?.outputs[0] as string)).toHaveLength(1);
    }
    expect(step.kept.map(({ owner }) => owner).sort()).toEqual([...trained, ...trained].sort());
  });

  it("adds only the gradient of a linear layer for the head", () => {
    const plan = {
      ...makePlan(narrow, headOnly),
      optimiser: { kind: "sgd", momentum: 0 } as const,
    };
    const { nodes } = buildTrainingStep(plan).graph;
    const convolutions = (graph: Pick<Graph, "nodes">) =>
      graph.nodes.filter(({ operator }) => operator.startsWith("Conv"));
    expect(convolutions({ nodes })).toHaveLength(convolutions(narrow).length);
    expect(nodes.filter(({ operator }) => operator === "Sign")).toEqual([]);
  });

  it("may have operators whose gradient is not known", async () => {
    const weights = makeResNet(18, { width: 4, classes: CLASSES });
    const options = { inputSize: SIDE / 2, enlargeTo: SIDE };
    const { graph } = buildResNetGraph(weights, "made up", options, "kept");
    const { images: enlarged, targets } = makeTrainingBatch(BATCH, SIDE / 2, CLASSES);
    const { loss } = await withSession(makePlan(graph, everything), (session) =>
      session.run({ images: enlarged, targets, rates: { all: 1e-3 } }),
    );
    expect(loss).toBeGreaterThan(0);
  });
});

describe("errors of training", () => {
  it("report a loss that is not a number, and keep the weights", async () => {
    await withSession(makePlan(narrow, headOnly), async (session) => {
      const before = hash(session.readWeights());
      const broken = images.images.map((value, i) => (i === 5 ? Number.NaN : value));
      const run = session.run({ ...images, images: broken, rates: { all: 1e-3 } });
      await expect(run).rejects.toMatchObject({ code: "LOSS_NOT_FINITE", name: "TrainingError" });
      expect(hash(session.readWeights())).toBe(before);
      expect(session.steps).toBe(0);
    });
  });

  it.each([
    ["too few images", { images: images.images.slice(3) }],
    ["too few targets", { targets: images.targets.slice(1) }],
    ["no image that counts", { weights: new Float32Array(BATCH) }],
    ["no learning rate", { rates: {} }],
  ])("report %s", async (_what, change) => {
    await withSession(makePlan(narrow, headOnly), async (session) => {
      const batch = { ...images, rates: { all: 1e-3 }, ...change };
      await expect(session.run(batch)).rejects.toMatchObject({ code: "BATCH_INVALID" });
    });
  });

  it.each([
    ["no answers of a teacher", { temperature: 2 }],
    ["no temperature", { teacher: images.targets }],
    ["a temperature of 0", { teacher: images.targets, temperature: 0 }],
  ])("report %s", async (_what, change) => {
    const loss = { distillation: { alpha: 0.5, temperature: "input" as const } };
    await withSession({ ...makePlan(narrow, headOnly), loss }, async (session) => {
      const batch = { ...images, rates: { all: 1e-3 }, ...change };
      await expect(session.run(batch)).rejects.toMatchObject({ code: "BATCH_INVALID" });
    });
  });

  it("report weights of another network", async () => {
    await withSession(makePlan(narrow, headOnly), async (session) => {
      const data = new Float32Array(3);
      const write = (name: string) => () =>
        session.writeWeights(new Map([[name, { shape: [3], data }]]));
      expect(write("fc.bias")).toThrow(expect.objectContaining({ code: "PARAMETER_UNKNOWN" }));
      expect(write("conv1.weight")).toThrow(expect.objectContaining({ code: "PARAMETER_UNKNOWN" }));
    });
  });

  it.each([
    ["a parameter that does not exist", ["nothing"], "PARAMETER_UNKNOWN"],
    ["a parameter in two groups", ["fc.bias", "fc.bias"], "PARAMETER_UNKNOWN"],
    ["a stored statistic", ["bn1.running_mean"], "PARAMETER_UNUSED"],
  ])("report %s", (_what, parameters, code) => {
    const plan = { ...makePlan(narrow, headOnly), groups: [{ name: "all", parameters }] };
    const build = () => buildTrainingStep({ ...plan, batchStatistics: "all" });
    expect(build).toThrow(expect.objectContaining({ code }));
  });

  it("report an operator without a gradient, but only if it needs one", () => {
    const settings = { starts: [0, 0], ends: [SIDE, SIDE], axes: [2, 3], steps: [2, 2] };
    const constants = new Map(narrow.constants);
    for (const [name, values] of Object.entries(settings)) constants.set(name, integers(values));
    // Takes every second pixel in place of the largest of nine.
    const nodes = narrow.nodes.map((node) =>
      node.operator === "MaxPool"
        ? makeNode("Slice", [...node.inputs, ...Object.keys(settings)], node.outputs[0] as string)
        : node,
    );
    const build = (wanted: (parameter: Parameter) => boolean) => () =>
      buildTrainingStep({ ...makePlan(narrow, wanted), graph: { ...narrow, nodes, constants } });
    expect(build(headOnly)).not.toThrow();
    expect(build(lastStage)).not.toThrow();
    const code = "OPERATOR_NOT_DIFFERENTIABLE";
    expect(build(everything)).toThrow(expect.objectContaining({ code }));
  });

  it("report an unknown operator", () => {
    const nodes = narrow.nodes.map((node) =>
      node.operator === "Relu" ? { ...node, operator: "Erf" } : node,
    );
    const build = () =>
      buildTrainingStep({ ...makePlan(narrow, headOnly), graph: { ...narrow, nodes } });
    expect(build).toThrow(expect.objectContaining({ code: "OPERATOR_NOT_DIFFERENTIABLE" }));
  });
});
