/** Runs a graph. Any of its tensors can be an output. */
import type { Runtime, RuntimeTensor } from "../inference/runtime.ts";
import { type Constant, type ElementType, type Graph, MICROSOFT } from "./graph.ts";
import { GraphError } from "./graph-error.ts";
import { writeModel } from "./onnx/write-model.ts";

/** Element types whose names differ between ONNX Runtime and ONNX. */
const TYPE_NAMES: Readonly<Record<string, ElementType>> = { float32: "float" };

/**
 * Runs a loaded graph on an image with the size of its input.
 *
 * @returns the outputs by name
 */
export type RunGraph = (image: Float32Array) => Promise<ReadonlyMap<string, Constant>>;

/**
 * Loads a graph, calls `use`, and then releases the graph in any case.
 *
 * @param outputs - names of the tensors that each run returns
 * @throws GraphError GRAPH_REFUSED; whatever `use` throws
 */
export async function withGraph<Value>(
  runtime: Runtime,
  graph: Graph,
  outputs: readonly string[],
  use: (run: RunGraph) => Promise<Value>,
): Promise<Value> {
  const model = writeModel({ ...graph, outputs: outputs.map((name) => ({ name })) });
  const session = await runtime.createSession(model).catch((cause: Error) => {
    throw new GraphError("GRAPH_REFUSED", {
      what: `ONNX Runtime cannot load the network ${graph.name}.`,
      why: `It reports: ${cause.message}.`,
      fix: suggestFix(graph),
      cause,
    });
  });
  try {
    return await use(async (image) => {
      const input = { data: image, shape: graph.input.shape };
      const results = await session.run({ [graph.input.name]: input });
      return new Map(Object.entries(results).map(([name, tensor]) => [name, toConstant(tensor)]));
    });
  } finally {
    await session.release();
  }
}

function suggestFix({ nodes, opsets }: Graph): string {
  const foreign = nodes.filter(({ domain }) => domain !== "" && domain !== MICROSOFT);
  if (foreign.some(({ domain }) => domain === "com.microsoft.nchwc")) {
    return "ONNX Runtime has optimised the file for one kind of processor. Use the file from before that, or optimise it at the level ORT_ENABLE_BASIC.";
  }
  if (foreign.length > 0) {
    const names = [...new Set(foreign.map(({ domain, operator }) => `${domain}.${operator}`))];
    return `Export it with the operators of ONNX only. These are not among them: ${names.join(", ")}.`;
  }
  if ((opsets[""] ?? 1) < 13) {
    return "Export the network again with operator set 13 or later, then give it as --from.";
  }
  return "Export it again with operator set 17. If the message names an operator, replace this in the network.";
}

function toConstant({ type, shape, data }: RuntimeTensor): Constant {
  // biome-ignore lint/plugin: the runtime pairs each element type with its array
  return { type: TYPE_NAMES[type] ?? type, shape: [...shape], data } as unknown as Constant;
}
