/** Runs an image through a network, or finds its outputs in the cache. */
import type { Turns } from "../concurrency/admission-queue.ts";
import type { KeepAlive } from "../concurrency/keep-alive.ts";
import type { MemoryAccount } from "../concurrency/memory-ledger.ts";
import type { RequestBudget } from "../concurrency/request-budget.ts";
import { yieldTurns } from "../concurrency/turns.ts";
import { type Frames, type Framing, framePhoto } from "../imaging/framing.ts";
import type { ImageDecoder } from "../imaging/image-decoder.ts";
import { imageToTensor } from "../imaging/image-to-tensor.ts";
import type { ImageLimits } from "../imaging/limits.ts";
import { uprightSize } from "../imaging/orient.ts";
import { seenRegion } from "../imaging/place-photo.ts";
import { neededShorterSide } from "../imaging/prepare-image.ts";
import type { PreprocessSpec } from "../imaging/preprocess-spec.ts";
import type { NetworkOutputs } from "../inference/network.ts";
import { preprocessOf } from "../models/preprocess-of.ts";
import type { LabelledModel } from "../registry/model-catalog.ts";
import type { NetworkLoader, NetworkRun } from "../registry/network-loader.ts";
import { decodeWithin } from "./decode-within.ts";
import type { KeptPixels } from "./kept-pixels.ts";
import type { PartOutputs, Parts, Pass, SourceImage, StageTimes } from "./pass.ts";
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
  readonly framing: Framing;
  /** The turns of the request. */
  readonly turns: Turns;
  /** Whether to use cached results and cache new ones. */
  readonly useCache: boolean;
  /** For the memory of decoding. */
  readonly memory: MemoryAccount;
  /** Pays for decoding and for further tiles; if absent, they are free. */
  readonly budget?: RequestBudget | undefined;
  /** For the other models of an ensemble. */
  readonly pixels?: KeptPixels | undefined;
};

/**
 * Runs a photo through a network, once for each part that it sees.
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
    const { framing } = options;
    const photo = uprightSize(image.header);
    const frames = framePhoto(photo, preprocessOf(model.manifest), framing);
    const [first, ...others] = frames;
    // Stricter limits must also apply to images whose results are cached.
    decoder.check(image.header, image.bytes.byteLength, {
      limits: imageLimits,
      minShorterSide: neededShorterSide(image.header, first),
    });
    // The first part is paid for with the request, before the photo is read.
    if (others.length > 0) await options.budget?.payPasses(others.length);
    const regions = [
      seenRegion(photo, first),
      ...others.map((frame) => seenRegion(photo, frame)),
    ] as const;
    const cache = options.useCache ? parts.resultCache : undefined;
    const key = { imageSha256: image.sha256, model, framing, parts: frames.length };
    const expected = networks.engineFor(model.manifest);
    const found = await cache?.find({ ...key, engine: expected }).catch(() => undefined);
    if (found) {
      const computing = new Map<number, ReturnType<typeof compute>>();
      const features = async (part: number) => {
        const frame = frames[part] ?? first;
        const outputs = computing.get(part) ?? compute(image, model, [frame], options);
        computing.set(part, outputs);
        return (await outputs).outputs[0].features;
      };
      const pass = { model, framing, parts: found, frames, regions, engine: expected };
      return { ...pass, cached: true, times: NO_TIME, features };
    }
    const { outputs, times } = await compute(image, model, frames, options);
    // Feature maps are large, and are let go of separately.
    const [one, ...more] = outputs;
    const computed: Parts = [withoutFeatures(one), ...more.map(withoutFeatures)];
    const { engine } = one;
    const stored = cache?.store({ ...key, engine }, computed);
    if (stored) keepAlive(stored.catch(() => {}));
    const features = async (part: number) => outputs[part]?.features;
    const pass = { model, framing, parts: computed, frames, regions, engine };
    return { ...pass, cached: false, times, features };
  };

  async function compute(
    { bytes, header }: SourceImage,
    model: LabelledModel,
    frames: Frames,
    { turns, memory, budget, pixels }: PassOptions,
  ): Promise<{ outputs: readonly [NetworkRun, ...NetworkRun[]]; times: StageTimes }> {
    const [first, ...others] = frames;
    // It is the same for all tiles.
    const shorterSide = neededShorterSide(header, first);
    const kept = pixels?.find(shorterSide);
    if (!kept) await budget?.pay(decoder.estimateMs(header, bytes.byteLength, shorterSide));
    const arrived = performance.now();
    return turns.run(async () => {
      const start = performance.now();
      const image = kept ?? (await decodeWithin(memory, decoder, { bytes, header }, shorterSide));
      if (!kept) pixels?.keep(image, shorterSide);
      const decoded = performance.now();
      // One tile needs the pixels for a moment only, several need them while the network runs.
      const hold = others.length > 0 ? memory.reserve(image.data.byteLength, "work") : undefined;
      let preprocessMs = 0;
      const runFrame = async (frame: PreprocessSpec) => {
        const begin = performance.now();
        const layout = networks.layoutFor(model.manifest);
        const tensor = imageToTensor(image, frame, layout);
        preprocessMs += performance.now() - begin;
        return networks.run(model, tensor, layout);
      };
      try {
        const outputs: [NetworkRun, ...NetworkRun[]] = [await runFrame(first)];
        for (const frame of others) {
          await yieldTurns();
          outputs.push(await runFrame(frame));
        }
        // If an engine fails in the middle, another one takes over. One answer is that of one engine.
        const last = outputs[others.length]?.engine;
        for (const [i, { engine }] of outputs.entries()) {
          if (engine !== last) outputs[i] = await runFrame(frames[i] ?? first);
        }
        const inferenceMs = performance.now() - decoded - preprocessMs;
        const decodeMs = decoded - start;
        return {
          outputs,
          times: { waitMs: start - arrived, decodeMs, preprocessMs, inferenceMs },
        };
      } finally {
        hold?.release();
      }
    });
  }
}

function withoutFeatures({ logits, embedding }: NetworkOutputs): PartOutputs {
  return { logits, embedding };
}
