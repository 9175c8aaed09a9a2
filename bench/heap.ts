/**
 * `npm run bench:heap`: the memory of the Worker with the embedded models. With folders (`-- FOLDER …`), the heap
 * of ONNX Runtime in Node while these models are loaded one after another.
 */
import { relative } from "node:path";
import { formatTable } from "../cli/terminal/format-table.ts";
import { DEFAULT_MEMORY_LIMITS } from "../src/models/memory-budget.ts";
import { versionName } from "../src/models/version-ref.ts";
import { listEmbeddedModels } from "../tools/embedded-models.ts";
import { measureHeap } from "./measure-heap.ts";
import { measureWorkerHeap } from "./measure-worker-heap.ts";

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
const folders = process.argv.slice(2);
console.log(folders.length > 0 ? await compareWithEstimate() : await measureEmbedded());
console.log(`MODEL_HEAP_BYTES is ${megabytes(DEFAULT_MEMORY_LIMITS.heapBytes)} MB by default.`);

async function measureEmbedded(): Promise<string> {
  const names = (await listEmbeddedModels()).map(({ manifest }) => versionName(manifest));
  const orders = [...names.map((name) => [name]), names, names.toReversed()];
  const rows: string[][] = [];
  for (const order of orders) {
    const { runtime, objects, buffers } = await measureWorkerHeap(order);
    rows.push([order.join(", then "), ...[runtime, objects, buffers].map(megabytes)]);
  }
  return formatTable(["loaded in workerd", "heap, MB", "objects, MB", "buffers, MB"], rows);
}

async function compareWithEstimate(): Promise<string> {
  const steps = await measureHeap(folders);
  const rows = steps.map(({ fileBytes, heapBytes, estimateBytes }, i) => [
    relative(".", folders[i] as string),
    ...[fileBytes, heapBytes, estimateBytes].map(megabytes),
  ]);
  return formatTable(["loaded in this order", "file, MB", "heap, MB", "estimate, MB"], rows);
}
