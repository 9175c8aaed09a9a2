/** The Worker's services in Node: the same code over files on disk. */
import { readFile } from "node:fs/promises";
import { createNodeImageDecoder } from "../cli/platform/node-image-decoder.ts";
import { startOwnNodeLitert } from "../cli/platform/node-litert.ts";
import { startOwnNodeRuntime } from "../cli/platform/node-runtime.ts";
import { parseConfig } from "../src/config.ts";
import { createServices, type ServiceParts, type Services } from "../src/create-services.ts";
import { jsImageDecoder } from "../src/imaging/js-image-decoder.ts";
import { createLog } from "../src/log.ts";
import { openEmbeddedBucket } from "./folder-bucket.ts";

const LABELS = new URL("../models/labels/", import.meta.url);
const readLabels = (name: string) => readFile(new URL(name, LABELS), "utf8");

/** What differs from the Worker's defaults. */
export type NodeServicesOptions = {
  readonly imageDecoder?: "wasm" | "js";
  /** The engine to use for a version. */
  readonly engineOf?: ServiceParts["engineOf"];
};

/** Makes services over the models in models/; nothing is cached. */
export async function createNodeServices({
  imageDecoder = "wasm",
  engineOf,
}: NodeServicesOptions = {}): Promise<Services> {
  // The files do not change, and Node has memory for every model at once.
  const settings = {
    MODEL_HEAP_BYTES: "1000000000",
    MEMORY_BYTES: "8000000000",
    ALIASES_TTL_SECONDS: "1000000",
  };
  return createServices(parseConfig({ ...settings, IMAGE_DECODER: imageDecoder }), {
    bucket: await openEmbeddedBucket(),
    labelTable: await readLabels("imagenet1k.tsv"),
    hierarchy: await readLabels("hierarchy.tsv"),
    decoder: imageDecoder === "js" ? jsImageDecoder : createNodeImageDecoder(),
    ...(engineOf ? { engineOf } : {}),
    engines: { onnxruntime: startOwnNodeRuntime, litert: startOwnNodeLitert },
    // Nothing cuts work off here.
    keepAlive: () => {},
    cache: undefined,
    recordShadow: () => {},
    log: createLog((line) => console.error(line)),
  });
}
