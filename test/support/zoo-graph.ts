/** Builds graphs with the operators and the form of files from the ONNX Model Zoo. */
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  ModelProtoSchema,
  TensorProto_DataType,
  TensorShapeProto_DimensionSchema,
  ValueInfoProtoSchema,
} from "onnx-buf";
import {
  type Attributes,
  floats,
  type Graph,
  type GraphNode,
  integers,
} from "../../src/graphs/graph.ts";
import { writeModel } from "../../src/graphs/onnx/write-model.ts";
import { makeRandom } from "./made-up.ts";

/** A graph builder; weights are random but deterministic. */
export class ZooGraph {
  readonly #nodes: GraphNode[] = [];
  readonly #constants = new Map<
    string,
    Graph["constants"] extends ReadonlyMap<string, infer C> ? C : never
  >();
  readonly #random = makeRandom();

  add(
    operator: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Attributes = {},
  ) {
    this.#nodes.push({ operator, domain: "", inputs, outputs, attributes });
    return outputs[0] as string;
  }

  floats(name: string, shape: readonly number[], make: (random: number) => number): string {
    const length = shape.reduce((product, side) => product * side, 1);
    const data = Float32Array.from({ length }, () => make(this.#random()));
    this.#constants.set(name, floats(shape, data));
    return name;
  }

  integers(name: string, values: readonly number[]): string {
    this.#constants.set(name, integers(values));
    return name;
  }

  /** Adds an int64 scalar, and returns its name. */
  scalar(name: string, value: number): string {
    this.#constants.set(name, { type: "int64", shape: [], data: BigInt64Array.of(BigInt(value)) });
    return name;
  }

  convolve(
    input: string,
    name: string,
    {
      into,
      out,
      kernel,
      stride = 1,
      group = 1,
      bias = true,
    }: {
      into: number;
      out: number;
      kernel: number;
      stride?: number;
      group?: number;
      bias?: boolean;
    },
  ): string {
    const fan = (into / group) * kernel * kernel;
    const weight = this.floats(
      `${name}.w`,
      [out, into / group, kernel, kernel],
      (r) => (r - 0.5) * 2 * Math.sqrt(2 / fan),
    );
    const inputs = [input, weight];
    if (bias) inputs.push(this.floats(`${name}.b`, [out], (r) => r - 0.5));
    const pad = (kernel - 1) / 2;
    return this.add("Conv", inputs, [name], {
      kernel_shape: { ints: [kernel, kernel] },
      strides: { ints: [stride, stride] },
      pads: { ints: [pad, pad, pad, pad] },
      group: { int: group },
      dilations: { ints: [1, 1] },
    });
  }

  normalise(input: string, name: string, channels: number): string {
    const parameters = [
      this.floats(`${name}.gamma`, [channels], (r) => 0.5 + r),
      this.floats(`${name}.beta`, [channels], (r) => r - 0.5),
      this.floats(`${name}.mean`, [channels], (r) => r - 0.5),
      this.floats(`${name}.var`, [channels], (r) => 0.5 + r),
    ];
    return this.add("BatchNormalization", [input, ...parameters], [name], {
      epsilon: { float: 1e-5 },
      momentum: { float: 0.9 },
    });
  }

  /**
   * Writes the graph as an ONNX file.
   *
   * @param form - the versions, whether constants are also inputs (as up to IR version 3), and whether the
   *   batch size is open
   */
  write(form: {
    readonly irVersion: number;
    readonly opset: number;
    readonly input: string;
    readonly output: string;
    readonly size: number;
    readonly constantsAreInputs?: boolean;
    readonly openBatch?: boolean;
  }): Uint8Array {
    const model = fromBinary(
      ModelProtoSchema,
      writeModel({
        name: "zoo",
        opsets: { "": form.opset },
        input: { name: form.input, shape: [1, 3, form.size, form.size] },
        outputs: [{ name: form.output, shape: [1, 1000] }],
        nodes: this.#nodes,
        constants: this.#constants,
      }),
    );
    model.irVersion = BigInt(form.irVersion);
    const { graph } = model;
    if (!graph) throw new Error("A model has a graph.");
    if (form.constantsAreInputs) {
      for (const { name, dims, dataType } of graph.initializer) {
        const dim = dims.map((side) =>
          create(TensorShapeProto_DimensionSchema, { value: { case: "dimValue", value: side } }),
        );
        const value = { elemType: dataType ?? TensorProto_DataType.FLOAT, shape: { dim } };
        const type = { value: { case: "tensorType" as const, value } };
        graph.input.push(create(ValueInfoProtoSchema, { name, type }));
      }
    }
    if (form.openBatch) {
      for (const { type } of [...graph.input, ...graph.output]) {
        if (type?.value.case !== "tensorType") continue;
        const [batch] = type.value.value.shape?.dim ?? [];
        if (batch) batch.value = { case: "dimParam", value: "batch_size" };
      }
    }
    return toBinary(ModelProtoSchema, model);
  }
}
