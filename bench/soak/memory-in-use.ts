import { readIsolateHeap } from "../../tools/isolate-heap.ts";
import type { LocalWorker } from "../../tools/local-worker.ts";

/** Memory of an isolate after a garbage collection, in bytes. */
export type MemoryInUse = {
  /** JavaScript objects. */
  readonly objects: number;
  /** Array buffers. */
  readonly buffers: number;
  /** The heaps of the engines, which never shrink. */
  readonly heap: number;
  /** How many networks were loaded so far. */
  readonly loads: number;
};

/** @param worker - was started with `inspect`, and has the profile "open" */
export async function readMemoryInUse({ url, inspectorUrl }: LocalWorker): Promise<MemoryInUse> {
  if (!inspectorUrl) throw new Error("The Worker was started without an inspector.");
  const metrics = await (await fetch(new URL("/metrics", url))).text();
  const read = (name: string) => Number(new RegExp(`^${name} (\\d+)$`, "m").exec(metrics)?.[1]);
  return {
    ...(await readIsolateHeap(inspectorUrl, url)),
    heap: read("resnet_edge_runtime_heap_bytes"),
    loads: read("resnet_edge_model_loads_total"),
  };
}

/** The difference between the last reading and the first. */
export function growthOf(readings: readonly MemoryInUse[]): {
  /** Of objects and buffers together. */
  readonly inUse: number;
  readonly heap: number;
} {
  const [first, last] = [readings[0], readings.at(-1)] as [MemoryInUse, MemoryInUse];
  const inUse = ({ objects, buffers }: MemoryInUse) => objects + buffers;
  return { inUse: inUse(last) - inUse(first), heap: last.heap - first.heap };
}
