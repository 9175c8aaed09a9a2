import type { Constant } from "../graph.ts";
import type {
  TfliteGraph,
  TfliteOperator,
  TfliteQuantization,
  TfliteTensor,
  TfliteType,
} from "./tflite-graph.ts";
import type { Pads } from "./windows.ts";

/** A tensor of the graph that is being built. */
export type Value = TfliteTensor & { readonly index: number };

/** An operator without the positions of its tensors. */
type Options<Operator = TfliteOperator> = Operator extends TfliteOperator
  ? Omit<Operator, "inputs" | "outputs">
  : never;

/** Builds a TensorFlow Lite graph operator by operator. */
export class TfliteBuilder {
  readonly #tensors: TfliteTensor[] = [];
  readonly #operators: TfliteOperator[] = [];
  readonly #integers = new Map<string, Value>();

  tensor(
    name: string,
    type: TfliteType,
    shape: readonly number[],
    quantization?: TfliteQuantization,
    data?: Uint8Array,
  ): Value {
    const tensor = {
      name,
      type,
      shape,
      ...(quantization && { quantization }),
      ...(data && { data }),
    };
    return { ...tensor, index: this.#tensors.push(tensor) - 1 };
  }

  constant(
    name: string,
    type: TfliteType,
    shape: readonly number[],
    data: ArrayBufferView,
    quantization?: TfliteQuantization,
  ): Value {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    return this.tensor(name, type, shape, quantization, bytes);
  }

  number(name: string, value: number): Value {
    return this.constant(name, "float32", [1], Float32Array.of(value));
  }

  /** A constant in float32; one in float16 is stored as it is and converted when the graph is loaded. */
  floats(
    name: string,
    { type, shape, data }: Constant & { readonly type: "float" | "float16" },
  ): Value {
    if (type === "float") return this.constant(name, "float32", shape, data);
    const half = this.constant(`${name}.half`, "float16", shape, data);
    const single = this.tensor(name, "float32", shape);
    this.add({ kind: "DEQUANTIZE" }, [half], [single]);
    return single;
  }

  /** A constant list of integers such as axes or a shape; a scalar if `shape` is []. */
  axes(values: readonly number[], shape: readonly number[] = [values.length]): Value {
    const key = `${values.join("x")}.${shape.join("x")}`;
    const known = this.#integers.get(key);
    if (known) return known;
    const value = this.constant(`integers.${key}`, "int32", shape, Int32Array.from(values));
    this.#integers.set(key, value);
    return value;
  }

  add(operator: Options, inputs: readonly Value[], outputs: readonly Value[]): void {
    this.#operators.push({
      ...operator,
      inputs: inputs.map(({ index }) => index),
      outputs: outputs.map(({ index }) => index),
    } as TfliteOperator);
  }

  /** Adds rows and columns of a value, or of 0. */
  pad(input: Value, pads: Pads, value?: number): Value {
    const [top, left, bottom, right] = pads;
    if (!pads.some((count) => count > 0)) return input;
    const [batch = 1, height = 0, width = 0, channels = 0] = input.shape;
    const shape = [batch, height + top + bottom, width + left + right, channels];
    const amounts = this.axes([0, 0, top, bottom, left, right, 0, 0], [4, 2]);
    const name = `${input.name}.padded.${pads.join("x")}`;
    const output = this.tensor(name, input.type, shape, input.quantization);
    // PAD fills with the level of 0.
    const level = input.quantization?.zeroPoints[0] ?? 0;
    if (value === undefined || value === level) {
      this.add({ kind: "PAD" }, [input, amounts], [output]);
    } else {
      const data = input.type === "int8" ? Int8Array.of(value) : Float32Array.of(value);
      const fill = this.constant(`${name}.value`, input.type, [1], data, input.quantization);
      this.add({ kind: "PADV2" }, [input, amounts, fill], [output]);
    }
    return output;
  }

  /** The same values in another shape. */
  reshape(input: Value, shape: readonly number[]): Value {
    if (input.shape.join() === shape.join()) return input;
    const { type, quantization } = input;
    const output = this.tensor(`${input.name}.${shape.join("x")}`, type, shape, quantization);
    this.add({ kind: "RESHAPE", shape }, [input, this.axes(shape)], [output]);
    return output;
  }

  /** The same values under another name. */
  copy(input: Value, name: string): Value {
    const output = this.tensor(name, input.type, input.shape, input.quantization);
    this.add({ kind: "RESHAPE", shape: input.shape }, [input, this.axes(input.shape)], [output]);
    return output;
  }

  /** Reorders axes: axis `i` of the result is axis `order[i]`. */
  transpose(input: Value, order: readonly number[]): Value {
    const shape = order.map((axis) => input.shape[axis] as number);
    const { type, quantization } = input;
    const output = this.tensor(`${input.name}.${order.join("")}`, type, shape, quantization);
    this.add({ kind: "TRANSPOSE" }, [input, this.axes(order)], [output]);
    return output;
  }

  build(name: string, inputs: readonly Value[], outputs: readonly Value[]): TfliteGraph {
    return {
      name,
      tensors: this.#tensors,
      operators: this.#operators,
      inputs: inputs.map(({ index }) => index),
      outputs: outputs.map(({ index }) => index),
    };
  }
}
