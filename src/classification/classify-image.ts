/** One photo in, the right label out: bytes, pixels, tensor, logits, predictions. */
import { BadInputError } from "../errors.ts";
import type { ImageDecoder } from "../imaging/image-decoder.ts";
import type { ImageHeader } from "../imaging/image-header.ts";
import { imageToTensor } from "../imaging/image-to-tensor.ts";
import type { ImageLimits } from "../imaging/limits.ts";
import { type Decision, decide } from "../inference/answer.ts";
import { softmax } from "../inference/softmax.ts";
import { topK } from "../inference/top-k.ts";
import type { LabelledModel, ModelCatalog } from "../registry/model-catalog.ts";
import type { NetworkLoader } from "../registry/network-loader.ts";

/** What a caller asks. */
export type ClassifyRequest = {
  /** The encoded image. */
  readonly bytes: Uint8Array;
  /** 1 to the number of classes. */
  readonly topK: number;
  /** 0 to 1; undefined where the caller gave none. */
  readonly threshold: number | undefined;
  /** Alias or `id@version`; undefined for the default model. */
  readonly model: string | undefined;
};

/** Milliseconds per stage; all 0 in a deployed Worker, whose clock stands still. */
export type StageTimes = {
  readonly decodeMs: number;
  readonly preprocessMs: number;
  readonly inferenceMs: number;
  readonly totalMs: number;
};

/** The outcome. */
export type ClassifyResult = {
  readonly model: LabelledModel;
  readonly header: ImageHeader;
  readonly decision: Decision;
  readonly times: StageTimes;
};

/** What classifying needs. */
export type ClassifyServices = {
  readonly catalog: ModelCatalog;
  readonly networks: NetworkLoader;
  readonly imageDecoder: ImageDecoder;
  readonly imageLimits: ImageLimits;
};

/**
 * Classifies one image.
 *
 * @throws BadInputError where topK or threshold is out of range; ImageError; ModelError
 */
export async function classifyImage(
  request: ClassifyRequest,
  services: ClassifyServices,
): Promise<ClassifyResult> {
  const model = await services.catalog.find(request.model);
  checkRange("topK", request.topK, 1, model.labels.length);
  if (request.threshold !== undefined) checkRange("threshold", request.threshold, 0, 1);
  const { preprocess, recommendedThreshold } = model.manifest;

  const start = performance.now();
  const { header, image } = await services.imageDecoder.decode(request.bytes, {
    limits: services.imageLimits,
    minShorterSide: preprocess.resize.shorterSide,
  });
  const decoded = performance.now();
  const tensor = imageToTensor(image, preprocess);
  const prepared = performance.now();
  const logits = await services.networks.run(model, tensor);
  const inferred = performance.now();

  const ranked = topK(softmax(logits), request.topK);
  return {
    model,
    header,
    decision: decide(ranked, request.threshold, recommendedThreshold),
    times: {
      decodeMs: decoded - start,
      preprocessMs: prepared - decoded,
      inferenceMs: inferred - prepared,
      totalMs: inferred - start,
    },
  };
}

function checkRange(argument: string, value: number, min: number, max: number): void {
  if (value >= min && value <= max) return;
  throw new BadInputError(
    argument,
    `${argument} is ${value}, but must be from ${min} to ${max}. Choose a value in that range.`,
    { value, min, max },
  );
}
