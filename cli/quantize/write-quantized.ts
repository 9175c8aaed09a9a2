import type { ModelManifest } from "../../src/models/manifest.ts";
import type { PreparedNetwork } from "../../src/quantize/prepare/prepare-network.ts";
import { EMBEDDING, FEATURES, INPUT, LOGITS } from "../../src/quantize/tensor-names.ts";
import type { BestMethod } from "../../src/quantize/try-methods.ts";
import { describeFile, makeHeadFile, writeModelFolder } from "../models/model-folder.ts";

const MODEL_FILE = "int8.onnx";

/** Writes the facts of the float network with other files, and without the figures measured on those. */
export async function writeQuantized(
  folder: string,
  { calibration: _, ...source }: ModelManifest,
  { head, graph }: PreparedNetwork,
  int8: Uint8Array,
  { method, calibrationImages }: Pick<BestMethod, "method" | "calibrationImages">,
): Promise<void> {
  const files = new Map([[MODEL_FILE, int8]]);
  const headFile = head && makeHeadFile(head.weight, head.classes);
  if (headFile) files.set(headFile.entry.path, headFile.bytes);
  const has = (name: string) => graph.outputs.some((output) => output.name === name);
  await writeModelFolder(
    folder,
    {
      ...source,
      files: {
        model: describeFile(MODEL_FILE, int8),
        ...(headFile ? { head: headFile.entry } : {}),
      },
      input: { ...source.input, name: INPUT },
      outputs: {
        logits: LOGITS,
        ...(has(EMBEDDING) ? { embedding: EMBEDDING } : {}),
        ...(has(FEATURES) ? { features: FEATURES } : {}),
      },
      metrics: {},
      source: `${source.source}; quantised to int8 by resnet-edge, ranges by ${method} of ${calibrationImages} images`,
    },
    files,
  );
}
