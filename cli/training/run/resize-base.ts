/** Makes a base take images of another size. */
import type { Graph } from "../../../src/graphs/graph.ts";
import { type ModelManifest, manifestSchema } from "../../../src/models/manifest.ts";
import { resizeInput } from "../../../src/training/resize-input.ts";
import { CliError } from "../../cli-error.ts";

type Network = { readonly graph: Graph; readonly manifest: ModelManifest };

/**
 * The network with a square input. A photo is cropped in the same proportions as before.
 *
 * @param side - in pixels
 * @throws GraphError GRAPH_INPUT_MISMATCH if the network cannot take such images; CliError OPTION_INVALID
 */
export function resizeBase({ graph, manifest }: Network, side: number): Network {
  const resized = resizeInput(graph, manifest.outputs.logits, side);
  if (resized === graph) return { graph, manifest };
  const parsed = manifestSchema.safeParse(resizeManifest(manifest, side));
  if (parsed.success) return { graph: resized, manifest: parsed.data };
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new CliError("OPTION_INVALID", {
    what: `--input-side ${side} is not valid.`,
    why: `A manifest cannot state what follows from it: ${problems.join("; ")}.`,
    fix: "Give a smaller side.",
  });
}

function resizeManifest(manifest: ModelManifest, side: number): ModelManifest {
  const { input, preprocess } = manifest;
  const { resize } = preprocess;
  const [count, channels, height, width] = input.shape;
  return {
    ...manifest,
    input: { ...input, shape: [count, channels, side, side] },
    preprocess:
      "shorterSide" in resize
        ? {
            ...preprocess,
            resize: {
              ...resize,
              shorterSide: Math.round((resize.shorterSide * side) / Math.min(height, width)),
            },
            crop: side,
          }
        : preprocess,
  };
}
