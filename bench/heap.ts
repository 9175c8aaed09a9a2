/**
 * `npm run bench:heap -- FOLDER …`: whether models fit into memory together. Without folders, measures the
 * embedded models.
 */
import { relative } from "node:path";
import { formatTable } from "../cli/terminal/format-table.ts";
import { parseConfig } from "../src/config.ts";
import { measureHeap } from "./measure-heap.ts";

const embedded = (id: string) => new URL(`../models/${id}`, import.meta.url).pathname;
const given = process.argv.slice(2);
const folders = given.length > 0 ? given : ["efficientnet-lite0", "resnet18"].map(embedded);

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
const steps = await measureHeap(folders);
const rows = steps.map(({ fileBytes, heapBytes, estimateBytes }, i) => [
  relative(".", folders[i] as string),
  ...[fileBytes, heapBytes, estimateBytes].map(megabytes),
]);
console.log(formatTable(["loaded in this order", "file, MB", "heap, MB", "estimate, MB"], rows));
console.log(
  `MODEL_HEAP_BYTES is ${megabytes(parseConfig({}).modelLimits.heapBytes)} MB by default.`,
);
