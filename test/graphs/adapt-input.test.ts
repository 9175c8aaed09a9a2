/** Networks whose inputs have another layout, element type or size are read as their plain twins. */
import { describe, expect, it } from "vitest";
import { startNodeRuntime } from "../../cli/platform/node-runtime.ts";
import { readModel, readModelFile } from "../../src/graphs/onnx/read-model.ts";
import { withGraph } from "../../src/graphs/run-graph.ts";
import { imageToTensor } from "../../src/imaging/image-to-tensor.ts";
import type { PreprocessSpec, Triple } from "../../src/imaging/preprocess-spec.ts";
import { type InputForm, MEAN, makeInputNetwork, STD } from "../support/input-networks.ts";

const runtime = await startNodeRuntime();
const SIZE = { height: 48, width: 96 };
const BYTES: Triple = [1 / 255, 1 / 255, 1 / 255];

const PHOTO = {
  width: 100,
  height: 70,
  data: Uint8Array.from({ length: 100 * 70 * 3 }, (_, i) => (i * 7 + (i % 3) * 50) % 256),
};

const specOf = ({ color = "RGB", normalisesItself = false }: InputForm): PreprocessSpec => ({
  ...SIZE,
  resize: { fit: "stretch", interpolation: "bilinear" },
  color,
  mean: normalisesItself ? [0, 0, 0] : MEAN,
  std: normalisesItself ? BYTES : STD,
});

async function classify(form: InputForm): Promise<number[]> {
  const graph = readModel(makeInputNetwork(form), "net.onnx");
  expect(graph.input.shape).toEqual([1, 3, form.isOpen ? 224 : 48, form.isOpen ? 224 : 96]);
  const spec = form.isOpen ? { ...specOf(form), width: 224, height: 224 } : specOf(form);
  const tensor = imageToTensor(PHOTO, spec);
  return withGraph(runtime, graph, ["logits"], async (run) => {
    const { data } = (await run(tensor)).get("logits") ?? { data: [] };
    return Array.from(data, Number);
  });
}

describe("readModel() of a network with another input", async () => {
  const twin = await classify(SIZE);

  it.each<[string, InputForm]>([
    ["NHWC, with the Transpose of tf2onnx", { ...SIZE, layout: "nhwc" }],
    ["NHWC with an open batch", { ...SIZE, layout: "nhwc", batch: 0 }],
    ["NHWC that normalises itself", { ...SIZE, layout: "nhwc", normalisesItself: true }],
    ["BGR from 0 to 255", { ...SIZE, color: "BGR", normalisesItself: true }],
    ["NHWC, BGR, from 0 to 255", { ...SIZE, layout: "nhwc", color: "BGR", normalisesItself: true }],
    ["uint8 in NHWC", { ...SIZE, layout: "nhwc", type: "uint8", normalisesItself: true }],
    ["float16", { ...SIZE, type: "float16", normalisesItself: true }],
  ])("gives the logits of its plain twin: %s", async (_name, form) => {
    const logits = await classify(form);
    for (const [i, value] of twin.entries()) expect(logits[i]).toBeCloseTo(value, 3);
  });

  it("finds NHWC in the Transpose if the input leaves everything open", async () => {
    const open = { ...SIZE, isOpen: true, batch: 0 };
    const file = makeInputNetwork({ ...open, layout: "nhwc" });
    const { input, graph } = readModelFile(file, "net.onnx", {});
    expect(input).toMatchObject({ layout: "nhwc", size: { width: 224, height: 224 } });
    // The network's own Transpose is undone, so none is left.
    expect(graph.nodes.map(({ operator }) => operator)).not.toContain("Transpose");
    const logits = await classify({ ...open, layout: "nhwc" });
    for (const [i, value] of (await classify(open)).entries()) {
      expect(logits[i]).toBeCloseTo(value, 3);
    }
  });

  it("takes the size from the file, or as it is given if that leaves it open", () => {
    const fixed = makeInputNetwork({ ...SIZE, layout: "nhwc" });
    expect(readModel(fixed, "net.onnx").input.shape).toEqual([1, 3, 48, 96]);
    expect(readModel(fixed, "net.onnx", SIZE).input.shape).toEqual([1, 3, 48, 96]);
    const open = makeInputNetwork({ ...SIZE, isOpen: true });
    expect(readModel(open, "net.onnx", 64).input.shape).toEqual([1, 3, 64, 64]);
  });

  it.each<[string, InputForm, string, RegExp, RegExp]>([
    ["a batch of 8", { ...SIZE, batch: 8 }, "GRAPH_INPUT_MISMATCH", /batch of 8/, /batch of 1/],
    [
      "a batch of 8 in NHWC",
      { ...SIZE, batch: 8, layout: "nhwc" },
      "GRAPH_INPUT_MISMATCH",
      /batch of 8/,
      /batch of 1/,
    ],
    ["1 channel", { ...SIZE, channels: 1 }, "GRAPH_INPUT_MISMATCH", /takes 1 channel,/, /colour/],
    [
      "1 channel in NHWC",
      { ...SIZE, channels: 1, layout: "nhwc" },
      "GRAPH_INPUT_MISMATCH",
      /In NHWC it takes 1 channel,/,
      /colour/,
    ],
    ["int32", { ...SIZE, type: "int32" }, "GRAPH_UNSUPPORTED", /type int32/, /float32/],
  ])("refuses %s by name", (_name, form, code, why, fix) => {
    expect(() => readModel(makeInputNetwork(form), "net.onnx")).toThrow(
      expect.objectContaining({
        code,
        why: expect.stringMatching(why),
        fix: expect.stringMatching(fix),
      }),
    );
  });

  it("refuses a square for an input that is not, and names the size that it has", () => {
    const file = makeInputNetwork({ ...SIZE, layout: "nhwc" });
    expect(() => readModel(file, "net.onnx", 96)).toThrow(
      expect.objectContaining({
        why: expect.stringContaining("48 px high and 96 px wide"),
        fix: expect.stringContaining("--input-size 48x96"),
      }),
    );
  });

  it("says so if the layout that was given does not fit", () => {
    expect(() => readModel(makeInputNetwork(SIZE), "net.onnx", undefined, "nhwc")).toThrow(
      expect.objectContaining({
        why: expect.stringContaining("In NHWC it takes 96 channels"),
        fix: expect.stringContaining("--layout"),
      }),
    );
  });
});
