/**
 * `npm run bench:heap`: the memory of the Worker with the embedded models, for each engine. With folders
 * (`-- FOLDER …`), the heaps of the engines in Node while these models are loaded one after another.
 */
import { relative } from "node:path";
import { formatTable } from "../cli/terminal/format-table.ts";
import { GraphError } from "../src/graphs/graph-error.ts";
import { ENGINE_NAMES, ENGINES, type EngineName } from "../src/inference/engines/engine.ts";
import { DEFAULT_MEMORY_LIMITS } from "../src/models/memory-budget.ts";
import { versionName } from "../src/models/version-ref.ts";
import { listEmbeddedModels } from "../tools/embedded-models.ts";
import { measureHeap } from "./measure-heap.ts";
import { measureWorkerHeap } from "./measure-worker-heap.ts";

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
const folders = process.argv.slice(2);
for (const engine of ENGINE_NAMES) {
  const table = await (folders.length > 0 ? compareWithEstimate(engine) : measureEmbedded(engine));
  console.log(`${ENGINES[engine].title}:\n\n${table}\n`);
}
console.log(`MODEL_HEAP_BYTES is ${megabytes(DEFAULT_MEMORY_LIMITS.heapBytes)} MB by default.`);

async function measureEmbedded(engine: EngineName): Promise<string> {
  const models = await listEmbeddedModels();
  const orders = [...models.map((model) => [model]), models, models.toReversed()];
  const rows: string[][] = [];
  for (const order of orders) {
    const names = order.map(({ manifest }) => versionName(manifest));
    const paths = order.map(({ path }) => path);
    const { estimateBytes } = (await measureHeap(paths, engine)).at(-1) ?? { estimateBytes: 0 };
    const { heap, objects, buffers } = await measureWorkerHeap(names, engine);
    const sizes = [heap, estimateBytes, objects, buffers];
    rows.push([names.join(", then "), ...sizes.map(megabytes)]);
  }
  const columns = ["heap, MB", "estimate, MB", "objects, MB", "buffers, MB"];
  return formatTable(["loaded in workerd", ...columns], rows);
}

async function compareWithEstimate(engine: EngineName): Promise<string> {
  try {
    const steps = await measureHeap(folders, engine);
    const rows = steps.map(({ fileBytes, heapBytes, estimateBytes }, i) => [
      relative(".", folders[i] as string),
      ...[fileBytes, heapBytes, estimateBytes].map(megabytes),
    ]);
    return formatTable(["loaded in this order", "file, MB", "heap, MB", "estimate, MB"], rows);
  } catch (error) {
    if (error instanceof GraphError) return error.message;
    throw error;
  }
}
