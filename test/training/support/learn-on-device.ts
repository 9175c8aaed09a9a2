/**
 * `node test/training/support/learn-on-device.ts DEVICE`: prints the losses of some steps of a small network as JSON. A
 * process for itself, because a process finds the drivers of its GPU when it starts.
 */
import type { Hardware } from "../../../cli/training/load-engine.ts";
import { TrainingSession } from "../../../cli/training/training-session.ts";
import { floats, type Graph, makeNode } from "../../../src/graphs/graph.ts";
import { buildTrainingStep } from "../../../src/training/build-training-step.ts";
import { createRandom } from "../../../src/training/random.ts";
import { makeTrainingBatch, nameParameters } from "./networks.ts";

const SIDE = 8;
const CLASSES = 3;
const WIDTH = 4;

const device = process.argv[2] as Hardware["device"];
console.log(JSON.stringify(await learn({ device })));

/** Compiling the programs of a GPU takes most of the time, so the network has each operator once. */
function makeNetwork(): Graph {
  const random = createRandom(1);
  const values = (shape: readonly number[]) => {
    const count = shape.reduce((product, side) => product * side, 1);
    return floats(
      shape,
      Array.from({ length: count }, () => random.between(-0.5, 0.5)),
    );
  };
  return {
    name: "small",
    opsets: { "": 17 },
    input: { name: "image", shape: [1, 3, SIDE, SIDE] },
    outputs: [{ name: "logits" }],
    nodes: [
      makeNode("Conv", ["image", "conv.weight", "conv.bias"], "maps", {
        pads: { ints: [1, 1, 1, 1] },
      }),
      makeNode("Relu", ["maps"], "positive"),
      makeNode("MaxPool", ["positive"], "pooled", {
        kernel_shape: { ints: [3, 3] },
        strides: { ints: [2, 2] },
        pads: { ints: [1, 1, 1, 1] },
      }),
      makeNode("GlobalAveragePool", ["pooled"], "mean"),
      makeNode("Flatten", ["mean"], "embedding"),
      makeNode("Gemm", ["embedding", "fc.weight", "fc.bias"], "logits", { transB: { int: 1 } }),
    ],
    constants: new Map([
      ["conv.weight", values([WIDTH, 3, 3, 3])],
      ["conv.bias", values([WIDTH])],
      ["fc.weight", values([CLASSES, WIDTH])],
      ["fc.bias", values([CLASSES])],
    ]),
  };
}

/** @returns the losses of some steps */
async function learn(hardware: Hardware): Promise<number[]> {
  const graph = makeNetwork();
  const step = buildTrainingStep({
    graph,
    logits: "logits",
    batch: 2,
    groups: [{ name: "all", parameters: nameParameters(graph, () => true) }],
    optimiser: { kind: "adam" },
  });
  const session = await TrainingSession.start(step, hardware);
  const batch = { ...makeTrainingBatch(2, SIDE, CLASSES), rates: { all: 0.05 } };
  const losses: number[] = [];
  for (let i = 0; i < 5; i++) losses.push((await session.run(batch)).loss);
  await session.release();
  return losses;
}
