/** What `model list` says on where a trained model came from. */
import type { ModelManifest } from "../../src/models/manifest.ts";

/** Empty if resnet-edge did not train the model. */
export function describeOrigin({ training, metrics }: ModelManifest): string {
  if (!training) return "";
  const { base, method, photos, classes } = training;
  const [set, measured] = Object.entries(metrics).find(([, { top1 }]) => top1 !== undefined) ?? [];
  const figures = measured ? `, top-1 ${measured.top1} % (${set})` : "";
  return `${base} (${method}), ${photos.train} photos in ${classes} classes${figures}`;
}
