/** An embedded model in Node, by the Worker's own code. */
import { readFile } from "node:fs/promises";
import { startNodeRuntime } from "../cli/platform/node-runtime.ts";
import { loadNetwork, type Network } from "../src/inference/network.ts";
import type { ModelManifest } from "../src/models/manifest.ts";
import { readEmbeddedManifest } from "./read-embedded-manifest.ts";

const IMAGENET_CLASSES = 1000;

/** Loads a model from models/. */
export async function loadEmbeddedNetwork(
  id: string,
): Promise<{ readonly manifest: ModelManifest; readonly network: Network }> {
  const manifest = await readEmbeddedManifest(id);
  const runtime = await startNodeRuntime();
  const model = new URL(`../models/${id}/${manifest.files.model.path}`, import.meta.url);
  const network = await loadNetwork(runtime, new Uint8Array(await readFile(model)), {
    inputName: manifest.input.name,
    inputShape: manifest.input.shape,
    outputs: manifest.outputs,
    classCount: manifest.labels.classes?.length ?? IMAGENET_CLASSES,
  });
  return { manifest, network };
}
