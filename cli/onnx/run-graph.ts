/** Runs a graph in ONNX Runtime, with any of its tensors as outputs. */
import * as ort from "onnxruntime-web/wasm";
import { CliError } from "../cli-error.ts";
import { startNodeRuntime } from "../platform/node-runtime.ts";
import type { Constant, ElementType, Graph } from "./graph.ts";
import { writeModel } from "./write-model.ts";

/** ONNX's names of the element types by ONNX Runtime's, where they differ. */
const TYPE_NAMES: Readonly<Record<string, ElementType>> = { float32: "float" };

/** A graph that can be run. */
export type RunnableGraph = {
  /** @param image - of the size of the graph's input */
  run(image: Float32Array): Promise<ReadonlyMap<string, Constant>>;
  release(): Promise<void>;
};

/**
 * Loads a graph.
 *
 * @param outputs - names of the tensors to be given
 * @throws CliError where ONNX Runtime refuses it
 */
export async function openGraph(graph: Graph, outputs: readonly string[]): Promise<RunnableGraph> {
  const runtime = await startNodeRuntime();
  const model = writeModel({ ...graph, outputs: outputs.map((name) => ({ name })) });
  const session = await runtime.createSession(model).catch((cause: Error) => {
    throw new CliError(
      `ONNX Runtime refuses the network ${graph.name}.`,
      `It says: ${cause.message}.`,
      "Export the network again with a newer opset (13 or later), then give it as --from.",
      cause,
    );
  });
  return {
    run: async (image) => {
      const input = new ort.Tensor("float32", image, graph.input.shape);
      const results = await session.run({ [graph.input.name]: input });
      return new Map(Object.entries(results).map(([name, tensor]) => [name, toConstant(tensor)]));
    },
    release: () => session.release(),
  };
}

function toConstant({ type, dims, data }: ort.Tensor): Constant {
  return { type: TYPE_NAMES[type] ?? type, shape: [...dims], data } as unknown as Constant;
}
