/** Activations in TensorFlow Lite. */
import { floatOf, type GraphNode } from "../graph.ts";
import type { Conversion, Placed } from "./conversion.ts";
import type { Value } from "./tflite-builder.ts";

const KINDS = { Relu: "RELU", Sigmoid: "LOGISTIC", Tanh: "TANH", HardSwish: "HARD_SWISH" } as const;

export function activate(c: Conversion, node: GraphNode): void {
  const { value, layout } = floatInput(c, node);
  const kind = KINDS[node.operator as keyof typeof KINDS];
  const output = c.float(node.outputs[0] as string, layout, value.shape);
  c.builder.add({ kind }, [value], [output]);
}

export function clip(c: Conversion, node: GraphNode): void {
  const { value, layout } = floatInput(c, node);
  const [, lowest = "", highest = ""] = node.inputs;
  const low = lowest === "" ? Number.NEGATIVE_INFINITY : bound(c, node, lowest);
  const high = highest === "" ? Number.POSITIVE_INFINITY : bound(c, node, highest);
  const output = c.float(node.outputs[0] as string, layout, value.shape);
  limit(c, value, output, low, high);
}

/** max(0, min(1, alpha · x + beta)), which has no operator. */
export function hardSigmoid(c: Conversion, node: GraphNode): void {
  const { value, layout } = floatInput(c, node);
  const [name = ""] = node.outputs;
  const [alpha, beta] = [floatOf(node, "alpha", 0.2), floatOf(node, "beta", 0.5)];
  const scaled = c.builder.tensor(`${name}.scaled`, "float32", value.shape);
  const moved = c.builder.tensor(`${name}.moved`, "float32", value.shape);
  const output = c.float(name, layout, value.shape);
  c.builder.add({ kind: "MUL", activation: "NONE" }, [value, number(c, name, alpha)], [scaled]);
  c.builder.add({ kind: "ADD", activation: "RELU" }, [scaled, number(c, name, beta)], [moved]);
  c.builder.add({ kind: "MINIMUM" }, [moved, number(c, name, 1)], [output]);
}

/** BatchNormalization that could not be folded into a layer. */
export function normalise(c: Conversion, node: GraphNode): void {
  const { value, layout } = floatInput(c, node);
  const [name = ""] = node.outputs;
  const [gamma, beta, mean, variance] = node.inputs
    .slice(1)
    .map((input) => c.constant(node, input, "float").data) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const epsilon = floatOf(node, "epsilon", 1e-5);
  const factors = gamma.map((factor, i) => factor / Math.sqrt((variance[i] as number) + epsilon));
  const offsets = beta.map((offset, i) => offset - (mean[i] as number) * (factors[i] as number));
  if (layout === "plain" && value.shape.length !== 2)
    throw c.refuse(node, "its input is not an image");
  // The channels are the last axis of an image and of [N, C].
  const shape = [...value.shape.slice(0, -1).map(() => 1), factors.length];
  const scaled = c.builder.tensor(`${name}.scaled`, "float32", value.shape);
  const output = c.float(name, layout, value.shape);
  const by = c.builder.constant(`${name}.factors`, "float32", shape, factors);
  const plus = c.builder.constant(`${name}.offsets`, "float32", shape, offsets);
  c.builder.add({ kind: "MUL", activation: "NONE" }, [value, by], [scaled]);
  c.builder.add({ kind: "ADD", activation: "NONE" }, [scaled, plus], [output]);
}

function limit(c: Conversion, value: Value, output: Value, low: number, high: number): void {
  if (low === 0 && (high === 6 || high === Number.POSITIVE_INFINITY)) {
    c.builder.add({ kind: high === 6 ? "RELU6" : "RELU" }, [value], [output]);
    return;
  }
  const raised = c.builder.tensor(`${output.name}.raised`, "float32", value.shape);
  c.builder.add({ kind: "MAXIMUM" }, [value, number(c, output.name, low)], [raised]);
  c.builder.add({ kind: "MINIMUM" }, [raised, number(c, output.name, high)], [output]);
}

function floatInput(c: Conversion, node: GraphNode): Placed {
  const { value, layout } = c.placed(node.inputs[0] as string);
  if (value.type !== "float32") throw c.refuse(node, "its input is not of float");
  return { value, layout };
}

function bound(c: Conversion, node: GraphNode, name: string): number {
  return c.constant(node, name, "float").data[0] as number;
}

function number(c: Conversion, name: string, value: number): Value {
  return c.builder.number(`${name}.${value}`, value);
}
