/** What LiteRT is given: damaged files, files with outputs in any order, and more files than its memory first held. */
import { describe, expect, it } from "vitest";
import { startNodeLitert } from "../../cli/platform/node-litert.ts";
import { startNodeRuntime } from "../../cli/platform/node-runtime.ts";
import { floats, type Graph, makeNode } from "../../src/graphs/graph.ts";
import { convertGraph } from "../../src/graphs/tflite/convert-graph.ts";
import { writeTflite } from "../../src/graphs/tflite/write-tflite.ts";
import { calibrateNetwork, quantizeNetwork } from "../../src/quantize/quantize-network.ts";
import { each, makeImages, makeRandom } from "../support/made-up.ts";
import { largestDifference, runBothEngines } from "../support/run-both-engines.ts";

const SIDE = 16;
const litert = await startNodeLitert();
const [IMAGE = new Float32Array()] = makeImages(1, SIDE);
const INPUT = { input: { shape: [1, 3, SIDE, SIDE], data: IMAGE } };

/** A network with outputs of both ranks. */
async function makeGraph(order: readonly string[], channels = 8): Promise<Graph> {
  const random = makeRandom();
  const weight = Float32Array.from({ length: channels * 3 * 9 }, () => random() - 0.5);
  const head = Float32Array.from({ length: 5 * channels }, () => random() - 0.5);
  const graph: Graph = {
    name: "small",
    opsets: { "": 13 },
    input: { name: "input", shape: [1, 3, SIDE, SIDE] },
    outputs: order.map((name) => ({ name })),
    nodes: [
      makeNode("Conv", ["input", "w"], "features"),
      makeNode("GlobalAveragePool", ["features"], "pooled"),
      makeNode("Flatten", ["pooled"], "embedding"),
      makeNode("Gemm", ["embedding", "head"], "logits", { transB: { int: 1 } }),
    ],
    constants: new Map([
      ["w", floats([channels, 3, 3, 3], weight)],
      ["head", floats([5, channels], head)],
    ]),
  };
  const floatTensors = new Set(["pooled", "embedding", "logits"]);
  const network = { graph, head: undefined, classes: 5, floatTensors, notes: [] };
  const runtime = await startNodeRuntime();
  const calibrated = await calibrateNetwork(runtime, network, each([IMAGE]), () => {});
  return quantizeNetwork(calibrated, { method: "minmax", format: "qoperator" });
}

const graph = await makeGraph(["logits", "embedding", "features"]);
const file = writeTflite(convertGraph(graph));

async function classify(): Promise<Float32Array> {
  const session = await litert.createSession(file);
  const { logits } = await session.run(INPUT);
  await session.release();
  return logits?.data as Float32Array;
}

const changed = (at: number, value: (old: number) => number) => {
  const damaged = file.slice();
  damaged[at] = value(damaged[at] as number);
  return damaged;
};
const random = makeRandom();

const DAMAGED: Readonly<Record<string, () => Uint8Array>> = {
  empty: () => new Uint8Array(),
  "cut off": () => file.slice(0, file.length / 2),
  "cut off by a word": () => file.slice(0, -4),
  "with a byte too many": () => Uint8Array.of(...file, 0),
  "of random bytes": () => file.map(() => random() * 256),
  "with another root": () => changed(0, (old) => old + 4),
  "with the highest bits of two words changed": () => {
    const damaged = changed(403, (old) => old ^ 128);
    damaged[803] = (damaged[803] as number) ^ 128;
    return damaged;
  },
  "with another length": () => changed(file.length - 8, (old) => old + 1),
};

describe("a damaged file", () => {
  it.each(Object.entries(DAMAGED))("that is %s is refused", async (_, damage) => {
    await expect(litert.createSession(damage())).rejects.toThrow(
      /LiteRT cannot load the model: Error: The file is/,
    );
  });

  it("is refused whichever bit is wrong, and does no harm to the next one", async () => {
    const expected = await classify();
    for (let i = 0; i < 500; i++) {
      const damaged = changed(Math.floor(random() * file.length), (old) => old ^ (1 << (i % 8)));
      await expect(litert.createSession(damaged)).rejects.toThrow(/The file is/);
    }
    expect(await classify()).toEqual(expected);
  });
});

it.each([
  [["features", "logits", "embedding"]],
  [["embedding", "features", "logits"]],
  [["logits"]],
])("gives outputs by their names, in the order %s", async (order) => {
  const { expected, actual } = await runBothEngines(await makeGraph(order), [IMAGE]);
  expect(Object.keys(actual[0] ?? {}).sort()).toEqual([...order].sort());
  for (const name of order) {
    const [one, other] = [expected[0]?.[name], actual[0]?.[name]];
    expect(other?.shape).toEqual(one?.shape);
    expect(largestDifference(one, other)).toBeLessThan(1e-5);
  }
});

it("still runs a network after the memory has grown and moved", async () => {
  const session = await litert.createSession(file);
  const { logits: before } = await session.run(INPUT);
  const bytes = litert.heapBytes();
  const others = [];
  const large = writeTflite(convertGraph(await makeGraph(["logits"], 20_000)));
  while (litert.heapBytes() === bytes) {
    const other = await litert.createSession(large);
    await other.run(INPUT);
    others.push(other);
  }
  const { logits: after } = await session.run(INPUT);
  expect(after?.data).toEqual(before?.data);
  for (const other of [...others, session]) await other.release();
});

it("does not grow by networks that are loaded and released", async () => {
  const sizes: number[] = [];
  for (let i = 0; i < 40; i++) {
    await classify();
    sizes.push(litert.heapBytes());
  }
  expect(sizes.at(-1)).toBe(sizes[0]);
});
