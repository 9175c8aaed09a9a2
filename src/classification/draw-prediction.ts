/** The picture that shows where in a photo a network saw a class. */
import { encode as encodePng } from "fast-png";
import { ModelError } from "../errors.ts";
import { drawMask, drawOverlay, type RgbaImage } from "../imaging/draw-heatmap.ts";
import { resizeAndCrop } from "../imaging/image-to-tensor.ts";
import { decodeImage } from "../imaging/prepare-image.ts";
import type { RgbImage } from "../imaging/rgb-image.ts";
import { activationMap } from "../inference/activation-map.ts";
import { modelVersionName } from "../models/manifest.ts";
import type { Pass, SourceImage } from "./run-pass.ts";
import type { ClassifyServices } from "./services.ts";

/** How a heat map is drawn. */
export type HeatmapRequest = {
  /** Side of the picture in pixels. */
  readonly size: number;
  /** Over the photo, or alone with alpha. */
  readonly style: "OVERLAY" | "MASK";
};

/**
 * The class activation map of one class as a PNG, over the part of the photo that the network saw.
 *
 * @param classIndex - in the model's own output
 * @throws ModelError MODEL_UNAVAILABLE where the model was published without features or head
 */
export async function drawPrediction(
  image: SourceImage,
  pass: Pass,
  classIndex: number,
  { size, style }: HeatmapRequest,
  services: ClassifyServices,
): Promise<Uint8Array> {
  const { manifest } = pass.model;
  const features = await pass.features();
  if (!features) {
    throw new ModelError(
      "MODEL_UNAVAILABLE",
      `${modelVersionName(manifest)} was published without an output of features, so it has no heat maps. Ask another model, or publish it again with outputs.features.`,
    );
  }
  const map = activationMap(features, await services.headRows.read(manifest, classIndex));
  if (style === "MASK") return toPng(drawMask(map, { width: size, height: size }), 4);
  return toPng(drawOverlay(map, await decodeSeenPart(image, pass, size, services)), 3);
}

/** Decoded again: keeping the pixels of every image of a request would take too much memory. */
function decodeSeenPart(
  { bytes }: SourceImage,
  { model }: Pass,
  size: number,
  { queue, imageDecoder, imageLimits }: ClassifyServices,
): Promise<RgbImage> {
  const { resize, crop } = model.manifest.preprocess;
  const shorterSide = Math.round((resize.shorterSide * size) / crop);
  return queue.run(
    async () => {
      const options = { limits: imageLimits, minShorterSide: shorterSide };
      const { image } = await decodeImage(bytes, imageDecoder, options);
      return resizeAndCrop(image, shorterSide, size);
    },
    { admitted: true },
  );
}

function toPng({ width, height, data }: RgbImage | RgbaImage, channels: 3 | 4): Uint8Array {
  return encodePng({ width, height, data, channels, depth: 8 });
}
