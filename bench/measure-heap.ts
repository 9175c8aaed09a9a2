/** Measures an engine's heap while models are loaded one after another, and compares the Worker's estimate. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { deriveLitert } from "../cli/litert/derive-litert.ts";
import { readModelFolder } from "../cli/models/model-folder.ts";
import { startOwnNodeLitert } from "../cli/platform/node-litert.ts";
import { startOwnNodeRuntime } from "../cli/platform/node-runtime.ts";
import { ENGINES, type EngineName } from "../src/inference/engines/engine.ts";
import { estimateHeap } from "../src/models/memory-budget.ts";

/** The heap after one more model is loaded. */
export type HeapStep = {
  readonly fileBytes: number;
  readonly heapBytes: number;
  readonly estimateBytes: number;
};

const START = { onnxruntime: startOwnNodeRuntime, litert: startOwnNodeLitert } as const;

/** Loads and runs the models of folders. */
export async function measureHeap(
  folders: readonly string[],
  engine: EngineName = "onnxruntime",
): Promise<HeapStep[]> {
  const runtime = await START[engine]();
  const steps: HeapStep[] = [];
  for (const folder of folders) {
    const { manifest } = await readModelFolder(folder);
    const model = new Uint8Array(await readFile(join(folder, manifest.files.model.path)));
    const file = engine === "litert" ? deriveLitert(model, manifest).bytes : model;
    const heldBytes = steps.map(({ fileBytes }) => fileBytes);
    const use = { heldBytes, heapBytes: runtime.heapBytes() };
    const estimateBytes = estimateHeap(file.byteLength, use, ENGINES[engine]);
    const session = await runtime.createSession(file);
    const { name, shape } = manifest.input;
    const size = shape.reduce((product, side) => product * side, 1);
    const data = Float32Array.from({ length: size }, (_, i) => Math.sin(i));
    await session.run({ [name]: { shape, data } });
    steps.push({ fileBytes: file.byteLength, heapBytes: runtime.heapBytes(), estimateBytes });
  }
  return steps;
}
