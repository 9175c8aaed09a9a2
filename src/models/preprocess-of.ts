import type { PreprocessSpec } from "../imaging/preprocess-spec.ts";
import type { ModelManifest } from "./manifest.ts";

/** Returns what a manifest says about the input of its network. */
export function preprocessOf({
  input,
  preprocess,
}: Pick<ModelManifest, "input" | "preprocess">): PreprocessSpec {
  const [, , height, width] = input.shape;
  const { resize, mean, std } = preprocess;
  return {
    width,
    height,
    resize: "shorterSide" in resize ? { ...resize, fit: "crop" } : resize,
    color: input.color,
    mean,
    std,
  };
}

/**
 * Returns what the SHA-256 of the preprocessing is computed of: `preprocess` as JSON, and `input` too if it
 * states something that `preprocess` does not.
 */
export function preprocessText({
  input,
  preprocess,
}: Pick<ModelManifest, "input" | "preprocess">): string {
  // Receipts have the SHA-256 of `preprocess` alone since before there were other fits and colours.
  const { color, shape } = input;
  const isComplete = color === "RGB" && preprocess.crop !== undefined;
  return JSON.stringify(isComplete ? preprocess : { ...preprocess, input: { shape, color } });
}
