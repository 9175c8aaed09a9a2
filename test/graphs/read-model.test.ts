/** ONNX files are read as they were written, and rejected if they have parts that a graph cannot represent. */
import { create, toBinary } from "@bufbuild/protobuf";
import { FunctionProtoSchema, ModelProtoSchema } from "onnx-buf";
import { describe, expect, it } from "vitest";
import { floats, type Graph, integers, makeNode } from "../../src/graphs/graph.ts";
import { readModel } from "../../src/graphs/onnx/read-model.ts";
import { writeModel } from "../../src/graphs/onnx/write-model.ts";

const SIDE = 32;

const GRAPH: Graph = {
  name: "made up",
  opsets: { "": 13 },
  input: { name: "x", shape: [1, 3, SIDE, SIDE] },
  outputs: [{ name: "out" }],
  nodes: [
    makeNode("Conv", ["x", "w"], "maps", { kernel_shape: { ints: [3, 3] }, group: { int: 1 } }),
    makeNode("LeakyRelu", ["maps"], "relu", { alpha: { float: 0.25 } }),
    makeNode("Reshape", ["relu", "flat"], "out"),
  ],
  constants: new Map([
    [
      "w",
      floats(
        [2, 3, 3, 3],
        Float32Array.from({ length: 54 }, (_, i) => i / 8),
      ),
    ],
    ["flat", integers([1, -1])],
  ]),
};

describe("readModel", () => {
  it("reads a graph as writeModel wrote it", () => {
    const graph = GRAPH;
    const again = readModel(writeModel(graph), "net.onnx", SIDE);
    expect(again.nodes).toEqual(graph.nodes);
    expect(again.constants).toEqual(graph.constants);
    expect(again.opsets).toEqual(graph.opsets);
  });

  it("reads elements that are stored as numbers instead of bytes", () => {
    const tensors = [
      { name: "float", dataType: 1, dims: [2n], floatData: [0.5, -2] },
      { name: "uint8", dataType: 2, dims: [1n], int32Data: [255] },
      { name: "int8", dataType: 3, dims: [1n], int32Data: [-128] },
      { name: "int32", dataType: 6, dims: [1n], int32Data: [70_000] },
      { name: "int64", dataType: 7, dims: [1n], int64Data: [-(2n ** 40n)] },
      { name: "bool", dataType: 9, dims: [1n], int32Data: [1] },
      // The bits of 1 and of -2.
      { name: "float16", dataType: 10, dims: [2n], int32Data: [0x3c00, 0xc000] },
    ];
    const model = create(ModelProtoSchema, {
      graph: {
        node: [{ opType: "Relu", input: ["x"], output: ["y"] }],
        initializer: tensors,
        input: [{ name: "x", type: { value: { case: "tensorType", value: { elemType: 1 } } } }],
      },
    });
    const { constants } = readModel(toBinary(ModelProtoSchema, model), "net.onnx", SIDE);
    const read = [...constants].map(([name, { type, data }]) => [name, type, [...data]]);
    expect(read).toEqual([
      ["float", "float", [0.5, -2]],
      ["uint8", "uint8", [255]],
      ["int8", "int8", [-128]],
      ["int32", "int32", [70_000]],
      ["int64", "int64", [-(2n ** 40n)]],
      ["bool", "bool", [1]],
      ["float16", "float16", [1, -2]],
    ]);
  });

  it.each<[what: string, bytes: Uint8Array]>([
    ["HTML", new TextEncoder().encode("<html>Not found</html>")],
    ["an empty file", new Uint8Array()],
    ["a truncated file", writeModel(GRAPH).slice(0, 300)],
  ])("rejects %s with GRAPH_UNREADABLE", (_, bytes) => {
    expect(() => readModel(bytes, "net.onnx", SIDE)).toThrow(
      expect.objectContaining({ code: "GRAPH_UNREADABLE" }),
    );
  });

  it.each<[what: string, make: () => Uint8Array, why: RegExp]>([
    [
      "custom functions",
      () => {
        const model = create(ModelProtoSchema, {
          functions: [create(FunctionProtoSchema, { name: "f" })],
          graph: { node: [{ opType: "Relu", input: ["x"], output: ["y"] }] },
        });
        return toBinary(ModelProtoSchema, model);
      },
      /functions/,
    ],
    [
      "two inputs",
      () => {
        const value = { elemType: 1, shape: { dim: [] } };
        const input = ["a", "b"].map((name) => ({
          name,
          type: { value: { case: "tensorType" as const, value } },
        }));
        const node = [{ opType: "Add", input: ["a", "b"], output: ["y"] }];
        return toBinary(ModelProtoSchema, create(ModelProtoSchema, { graph: { node, input } }));
      },
      /2 inputs/,
    ],
    [
      "a tensor in another file",
      () => {
        const initializer = [{ name: "w", dataType: 1, dims: [1n], dataLocation: 1 }];
        const node = [{ opType: "Relu", input: ["x"], output: ["y"] }];
        return toBinary(
          ModelProtoSchema,
          create(ModelProtoSchema, { graph: { node, initializer } }),
        );
      },
      /tensor w .*file/,
    ],
    [
      "a tensor whose length does not match its shape",
      () => {
        const initializer = [{ name: "w", dataType: 1, dims: [3n], rawData: new Uint8Array(8) }];
        const node = [{ opType: "Relu", input: ["x"], output: ["y"] }];
        return toBinary(
          ModelProtoSchema,
          create(ModelProtoSchema, { graph: { node, initializer } }),
        );
      },
      /tensor w has 2 elements, not 3/,
    ],
    [
      "a tensor that ends within an element",
      () => {
        const initializer = [{ name: "w", dataType: 1, dims: [1n], rawData: new Uint8Array(7) }];
        const node = [{ opType: "Relu", input: ["x"], output: ["y"] }];
        return toBinary(
          ModelProtoSchema,
          create(ModelProtoSchema, { graph: { node, initializer } }),
        );
      },
      /tensor w ends/,
    ],
  ])("rejects a file with %s with GRAPH_UNSUPPORTED", (_, make, why) => {
    expect(() => readModel(make(), "net.onnx", SIDE)).toThrow(
      expect.objectContaining({ code: "GRAPH_UNSUPPORTED", why: expect.stringMatching(why) }),
    );
  });

  it("rejects a file for images of another size with GRAPH_INPUT_MISMATCH", () => {
    expect(() => readModel(writeModel(GRAPH), "net.onnx", 64)).toThrow(
      expect.objectContaining({
        code: "GRAPH_INPUT_MISMATCH",
        fix: expect.stringContaining("--input-size"),
      }),
    );
  });
});
