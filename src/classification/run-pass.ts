/** Runs an image through a network, or finds its outputs in the cache. */
import type { Turns } from "../concurrency/admission-queue.ts";
import type { KeepAlive } from "../concurrency/keep-alive.ts";
import type { MemoryAccount } from "../concurrency/memory-ledger.ts";
import type { RequestBudget } from "../concurrency/request-budget.ts";
import type { ImageDecoder } from "../imaging/image-decoder.ts";
import { imageToTensor } from "../imaging/image-to-tensor.ts";
import type { ImageLimits } from "../imaging/limits.ts";
import { uprightSize } from "../imaging/orient.ts";
import { seenRegion } from "../imaging/place-photo.ts";
import { neededShorterSide } from "../imaging/prepare-image.ts";
import type { NetworkOutputs } from "../inference/network.ts";
import { preprocessOf } from "../models/preprocess-of.ts";
import type { LabelledModel } from "../registry/model-catalog.ts";
import type { NetworkLoader } from "../registry/network-loader.ts";
import { decodeWithin } from "./decode-within.ts";
import type { Pass, SourceImage, StageTimes } from "./pass.ts";
import type { ResultCache } from "./result-cache.ts";

export type PassParts = {
  readonly decoder: ImageDecoder;
  readonly imageLimits: ImageLimits;
  readonly networks: NetworkLoader;
  /** Undefined if results are not cached. */
  readonly resultCache: ResultCache | undefined;
  readonly keepAlive: KeepAlive;
};

export type PassOptions = {
  /** The turns of the request. */
  readonly turns: Turns;
  /** Whether to use cached results and cache new ones. */
  readonly useCache: boolean;
  /** For the memory of decoding. */
  readonly memory: MemoryAccount;
  /** Pays for decoding; if absent, it is free. */
  readonly budget?: RequestBudget | undefined;
};

/**
 * Runs an image through a network.
 *
 * @throws ImageError; ModelError MODEL_UNAVAILABLE, MODEL_BUDGET; AppError OVERLOADED, REQUEST_TOO_COSTLY,
 *   REQUEST_ABORTED
 */
export type RunPass = (
  image: SourceImage,
  model: LabelledModel,
  options: PassOptions,
) => Promise<Pass>;

const NO_TIME: StageTimes = { waitMs: 0, decodeMs: 0, preprocessMs: 0, inferenceMs: 0 };

export function createPassRunner(parts: PassParts): RunPass {
  const { decoder, imageLimits, networks, keepAlive } = parts;
  return async (image, model, options) => {
    const preprocess = preprocessOf(model.manifest);
    // Stricter limits must also apply to images whose results are cached.
    decoder.check(image.header, image.bytes.byteLength, {
      limits: imageLimits,
      minShorterSide: neededShorterSide(image.header, preprocess),
    });
    const regions = [seenRegion(uprightSize(image.header), preprocess)] as const;
    const cache = options.useCache ? parts.resultCache : undefined;
    const found = await cache?.find(image.sha256, model).catch(() => undefined);
    if (found) {
      let outputs: ReturnType<typeof compute> | undefined;
      const features = async () => {
        outputs ??= compute(image, model, options);
        return (await outputs).outputs.features;
      };
      return { ...found, model, cached: true, times: NO_TIME, regions, features };
    }
    const { outputs, times } = await compute(image, model, options);
    const { logits, embedding, features } = outputs;
    const stored = cache?.store(image.sha256, model, { logits, embedding });
    if (stored) keepAlive(stored.catch(() => {}));
    const computed = { logits, embedding, model, cached: false, times, regions };
    return { ...computed, features: async () => features };
  };

  async function compute(
    { bytes, header }: SourceImage,
    model: LabelledModel,
    { turns, memory, budget }: PassOptions,
  ): Promise<{ outputs: NetworkOutputs; times: StageTimes }> {
    const preprocess = preprocessOf(model.manifest);
    const shorterSide = neededShorterSide(header, preprocess);
    await budget?.pay(decoder.estimateMs(header, bytes.byteLength, shorterSide));
    const arrived = performance.now();
    return turns.run(async () => {
      const start = performance.now();
      const image = await decodeWithin(memory, decoder, { bytes, header }, shorterSide);
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
    });
  }
}
