/** Takes an ONNX file from elsewhere: as it is if the Worker can use it so, otherwise converted. */
import { dropFloatCasts } from "../../src/graphs/drop-float-casts.ts";
import { exposeLogits } from "../../src/graphs/expose-logits.ts";
import { type Graph, prune } from "../../src/graphs/graph.ts";
import type { FoundInput } from "../../src/graphs/onnx/read-input.ts";
import { readModelFile } from "../../src/graphs/onnx/read-model.ts";
import { writeModel } from "../../src/graphs/onnx/write-model.ts";
import { isQuantized } from "../../src/graphs/quantized.ts";
import { requireInferenceMode } from "../../src/graphs/require-inference-mode.ts";
import { unfuse } from "../../src/graphs/unfuse.ts";
import { hasHalves, widenHalves } from "../../src/graphs/widen-halves.ts";
import type { Size } from "../../src/imaging/choose-reduction.ts";
import type { Runtime } from "../../src/inference/runtime.ts";
import type { ModelManifest } from "../../src/models/manifest.ts";
import { CliError } from "../cli-error.ts";
import type { InputFacts } from "../models/input-facts.ts";
import { startNodeRuntime } from "../platform/node-runtime.ts";
import { chooseOutput } from "./choose-output.ts";

export type TakenOnnx = {
  readonly model: Uint8Array;
  readonly inputName: string;
  /** Of its input. */
  readonly size: Size;
  readonly logits: string;
  readonly classes: number;
  readonly quantized: boolean;
  /** What was changed, as text to display. */
  readonly notes: readonly string[];
};

/**
 * @param file - the name of the file in error messages
 * @param options.output - the name that --output gives
 * @param options.classes - how many classes the network should have
 * @throws GraphError; CliError OPTION_INVALID if it has no such output
 */
export async function takeOnnx(
  bytes: Uint8Array,
  file: string,
  options: InputFacts & { output: string | undefined; classes: number },
): Promise<TakenOnnx> {
  const runtime = await startNodeRuntime();
  const { graph: asRead, input, converted } = readModelFile(bytes, file, options);
  if (input.elements === "uint8") requireBytes(options.preprocessFor(input.size), file);
  const source = { ...asRead, name: file };
  requireInferenceMode(source);
  const quantized = isQuantized(source);
  const { graph: plain, notes } = quantized
    ? { graph: source, notes: [] }
    : await makePlain(runtime, source);
  const output = await chooseOutput(runtime, plain, options);
  const { graph, logits, classes, note } = await exposeLogits(runtime, plain, output);
  const allNotes = [
    ...converted.map((type) => `${type} was converted to float32`),
    ...describeInput(input),
    ...notes,
    ...(note === undefined ? [] : [note]),
  ];
  const inputName = graph.input.name;
  const taken = { inputName, size: input.size, logits, classes, quantized };
  if (allNotes.length === 0 && (await runsAsItIs(runtime, bytes, graph, logits))) {
    return { ...taken, model: bytes, notes: [] };
  }
  const model = writeModel({
    ...prune({ ...graph, outputs: [{ name: logits }] }),
    name: asRead.name,
  });
  return {
    ...taken,
    model,
    notes:
      allNotes.length > 0 ? allNotes : ["the file was rewritten in a form that ONNX Runtime loads"],
  };
}

function describeInput({ layout, elements }: FoundInput): string[] {
  return [
    ...(layout === "nhwc" ? ["its input was in NHWC, and is in NCHW now"] : []),
    ...(elements === "uint8" ? ["its input was uint8, and is float32 now"] : []),
  ];
}

/** A Cast to uint8 makes 0 of almost everything that is normalised. */
function requireBytes({ mean, std }: ModelManifest["preprocess"], file: string): void {
  const areBytes = mean.every((value) => value === 0) && std.every((value) => value === 1 / 255);
  if (areBytes) return;
  throw new CliError("OPTION_INVALID", {
    what: `${file} cannot take values that are normalised.`,
    why: "Its input takes uint8, which are whole numbers from 0 to 255.",
    fix: "Give --scale 255, and neither --mean nor --std.",
  });
}

/** Undoes half precision and what ONNX Runtime's optimiser has fused. */
async function makePlain(runtime: Runtime, source: Graph) {
  const notes: string[] = [];
  let graph = unfuse(source);
  if (graph.nodes.length !== source.nodes.length) {
    notes.push("operators that ONNX Runtime had fused were separated");
  } else graph = source;
  if (hasHalves(graph)) {
    notes.push("weights in half precision were converted to float32");
    graph = widenHalves(graph);
  }
  return { graph: await dropFloatCasts(runtime, graph), notes };
}

/** Whether the engine loads and runs the file; it is stricter than the reader, for instance with names. */
async function runsAsItIs(
  runtime: Runtime,
  bytes: Uint8Array,
  { input }: Graph,
  logits: string,
): Promise<boolean> {
  const session = await runtime.createSession(bytes).catch(() => undefined);
  if (!session) return false;
  const size = input.shape.reduce((product, side) => product * side, 1);
  try {
    const image = { data: new Float32Array(size), shape: input.shape };
    return logits in (await session.run({ [input.name]: image }, [logits]));
  } catch {
    return false;
  } finally {
    await session.release();
  }
}
