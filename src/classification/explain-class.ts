/** Draws heat maps: where in a photo a network saw a class. */
import { encode as encodePng } from "fast-png";
import { BadInputError, ModelError } from "../errors.ts";
import { drawMask, drawOverlay, type RgbaImage } from "../imaging/draw-heatmap.ts";
import type { ImageDecoder } from "../imaging/image-decoder.ts";
import { cutSeen } from "../imaging/image-to-tensor.ts";
import { uprightSize } from "../imaging/orient.ts";
import {
  type Fractions,
  filledRegion,
  placePicture,
  shorterSideFor,
} from "../imaging/place-photo.ts";
import type { RgbImage } from "../imaging/rgb-image.ts";
import { activationMap } from "../inference/activation-map.ts";
import type { EngineName } from "../inference/engines/engine.ts";
import { versionName } from "../models/version-ref.ts";
import type { HeadRows } from "../registry/head-rows.ts";
import type { LabelledModel } from "../registry/model-catalog.ts";
import { decodeWithin } from "./decode-within.ts";
import { type Pass, partProbabilities, type SourceImage } from "./pass.ts";
import type { PassOptions } from "./run-pass.ts";

export type ExplainParts = { readonly decoder: ImageDecoder; readonly headRows: HeadRows };

/** The turns, memory and budget of the request. */
export type ExplainOptions = Pick<PassOptions, "turns" | "memory" | "budget">;

export type HeatmapRequest = {
  /** Longer side of the picture in pixels. */
  readonly size: number;
  /** OVERLAY draws over the photo, MASK draws the heat alone with alpha. */
  readonly style: "OVERLAY" | "MASK";
};

/** An image and its passes; the heat map is drawn from the first pass whose model has the class. */
export type Explainable = { readonly image: SourceImage; readonly passes: readonly Pass[] };

export type Explanation = {
  readonly png: Uint8Array;
  /** The model that drew it. */
  readonly model: LabelledModel;
  /** The engine that computed the answer. */
  readonly engine: EngineName;
  /** The part of the upright photo that it shows. */
  readonly region: Fractions;
};

/**
 * Draws the class activation map of one class as a PNG, over the part of the photo that the network saw.
 *
 * @param classId - the id of a class that one of the models has
 * @throws BadInputError if no model has the class; ModelError MODEL_UNAVAILABLE if the model was
 *   published without features or head, or its features are not finite; ImageError
 */
export async function explainClass(
  { image, passes }: Explainable,
  classId: string,
  { size, style }: HeatmapRequest,
  { turns, memory, budget }: ExplainOptions,
  { decoder, headRows }: ExplainParts,
): Promise<Explanation> {
  const { pass, classIndex } = findClass(passes, classId);
  const { model, engine } = pass;
  const { manifest } = model;
  const part = mostProbablePart(pass, classIndex);
  const features = await pass.features(part);
  if (!features) {
    throw new ModelError(
      "MODEL_UNAVAILABLE",
      `${versionName(manifest)} has no heat maps, because it was published without a features output. Use another model, or publish this one again with outputs.features in its manifest.`,
    );
  }
  const map = activationMap(features, await headRows.read(pass.model, classIndex));
  const spec = pass.frames[part] ?? pass.frames[0];
  const region = pass.regions[part] ?? pass.regions[0];
  const upright = uprightSize(image.header);
  const placement = placePicture(upright, spec, size);
  const filled = filledRegion(upright, spec);
  if (style === "MASK") {
    return { png: toPng(drawMask(map, placement.region, filled), 4), model, engine, region };
  }
  const shorterSide = shorterSideFor(upright, placement);
  // The image is decoded again, because keeping the pixels of every image would take too much memory.
  await budget?.pay(decoder.estimateMs(image.header, image.bytes.byteLength, shorterSide));
  const photo = await turns.run(async () =>
    cutSeen(await decodeWithin(memory, decoder, image, shorterSide), spec, size),
  );
  return { png: toPng(drawOverlay(map, photo, filled), 3), model, engine, region };
}

function findClass(passes: readonly Pass[], classId: string) {
  for (const pass of passes) {
    const classIndex = pass.model.labels.findIndex(({ id }) => id === classId);
    if (classIndex >= 0) return { pass, classIndex };
  }
  throw new BadInputError(
    "id",
    `No model that answered has a class "${classId.slice(0, 40)}". Use the id of a prediction, or an id from the query "labels".`,
  );
}

/** With several tiles, the heat map is that of the one in which the class is most probable. */
function mostProbablePart(pass: Pass, classIndex: number): number {
  const confidences = pass.parts.map((part) => partProbabilities(pass, part)[classIndex] ?? 0);
  return confidences.indexOf(Math.max(...confidences));
}

function toPng({ width, height, data }: RgbImage | RgbaImage, channels: 3 | 4): Uint8Array {
  return encodePng({ width, height, data, channels, depth: 8 });
}
