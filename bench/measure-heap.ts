/** Measures ONNX Runtime's heap while models are loaded one after another, and compares the Worker's estimate. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { readModelFolder } from "../cli/models/model-folder.ts";
import { startNodeRuntime } from "../cli/platform/node-runtime.ts";
import { estimateHeap } from "../src/models/memory-budget.ts";
import { openSession } from "./open-session.ts";

/** The heap after one more model is loaded. */
export type HeapStep = {
  readonly fileBytes: number;
  readonly heapBytes: number;
  readonly estimateBytes: number;
};

/**
 * Loads and runs the models of folders. The process must not have loaded models before, because the heap never
 * shrinks.
 */
export async function measureHeap(folders: readonly string[]): Promise<HeapStep[]> {
  const runtime = await startNodeRuntime();
  const steps: HeapStep[] = [];
  for (const folder of folders) {
    const { manifest } = await readModelFolder(folder);
    const { size } = await stat(join(folder, manifest.files.model.path));
    const heldBytes = steps.map(({ fileBytes }) => fileBytes);
    const estimateBytes = estimateHeap(size, { heldBytes, heapBytes: runtime.heapBytes() });
    await (await openSession(folder)).run();
    steps.push({ fileBytes: size, heapBytes: runtime.heapBytes(), estimateBytes });
  }
  return steps;
}
