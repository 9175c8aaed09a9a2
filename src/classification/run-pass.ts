/** One image through one network, or out of the cache. */

import type { Admission } from "../concurrency/admission-queue.ts";
import { imageToTensor } from "../imaging/image-to-tensor.ts";
import { decodeImage } from "../imaging/prepare-image.ts";
import type { FeatureMap, NetworkOutputs } from "../inference/network.ts";
import type { LabelledModel } from "../registry/model-catalog.ts";
import type { CachedOutputs } from "./result-cache.ts";
import type { ClassifyServices } from "./services.ts";

/** An image to be classified. */
export type SourceImage = { readonly bytes: Uint8Array; readonly sha256: string };

/** Milliseconds per stage; all 0 in a deployed Worker, whose clock stands still. */
export type StageTimes = {
  readonly waitMs: number;
  readonly decodeMs: number;
  readonly preprocessMs: number;
  readonly inferenceMs: number;
};

/** What a network said about an image. */
export type Pass = CachedOutputs & {
  readonly model: LabelledModel;
  readonly cached: boolean;
  readonly times: StageTimes;
  /** The feature maps of the pass; computed anew where it came from the cache, which lacks them. */
  readonly features: () => Promise<FeatureMap | undefined>;
};

/** How to run. */
export type PassOptions = Admission & { readonly useCache: boolean };

const NO_TIME: StageTimes = { waitMs: 0, decodeMs: 0, preprocessMs: 0, inferenceMs: 0 };

/**
 * Decodes, prepares and infers, when the image's turn comes.
 *
 * @throws ImageError; ModelError MODEL_UNAVAILABLE; AppError OVERLOADED
 */
export async function runPass(
  image: SourceImage,
  model: LabelledModel,
  services: ClassifyServices,
  { useCache, ...admission }: PassOptions,
): Promise<Pass> {
  const cache = useCache ? services.resultCache : undefined;
  const known = await cache?.find(image.sha256, model).catch(() => undefined);
  if (known) {
    const features = async () =>
      (await compute(image, model, services, { admitted: true })).outputs.features;
    return { ...known, model, cached: true, times: NO_TIME, features };
  }
  const { outputs, times } = await compute(image, model, services, admission);
  const { logits, embedding } = outputs;
  const stored = cache?.store(image.sha256, model, { logits, embedding });
  if (stored) services.keepAlive(stored.catch(() => {}));
  return { logits, embedding, model, cached: false, times, features: async () => outputs.features };
}

async function compute(
  { bytes }: SourceImage,
  model: LabelledModel,
  { queue, imageDecoder, imageLimits, networks }: ClassifyServices,
  admission: Admission,
): Promise<{ outputs: NetworkOutputs; times: StageTimes }> {
  const { preprocess } = model.manifest;
  const arrived = performance.now();
  return queue.run(async () => {
    const start = performance.now();
    const { image } = await decodeImage(bytes, imageDecoder, {
      limits: imageLimits,
      minShorterSide: preprocess.resize.shorterSide,
    });
    const decoded = performance.now();
    const tensor = imageToTensor(image, preprocess);
    const prepared = performance.now();
    const outputs = await networks.run(model, tensor);
    const inferred = performance.now();
    return {
      outputs,
      times: {
        waitMs: start - arrived,
        decodeMs: decoded - start,
        preprocessMs: prepared - decoded,
        inferenceMs: inferred - prepared,
      },
    };
  }, admission);
}
