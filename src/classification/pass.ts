import { isFamiliar, measure } from "../answers/familiarity.ts";
import type { Frames, Framing } from "../imaging/framing.ts";
import type { ImageHeader } from "../imaging/image-header.ts";
import type { Fractions } from "../imaging/place-photo.ts";
import type { EngineName } from "../inference/engines/engine.ts";
import type { FeatureMap } from "../inference/network.ts";
import { softmax } from "../inference/softmax.ts";
import type { LabelledModel } from "../registry/model-catalog.ts";

/** An image to classify. Its header is read and its bytes are hashed only once. */
export type SourceImage = {
  readonly bytes: Uint8Array;
  readonly byteLength: number;
  readonly header: ImageHeader;
  /** In hexadecimal. */
  readonly sha256: string;
};

/** Milliseconds per stage; all 0 in a deployed Worker, because its clock stops during computation. */
export type StageTimes = {
  readonly waitMs: number;
  readonly decodeMs: number;
  readonly preprocessMs: number;
  readonly inferenceMs: number;
};

/** What a network says about one part of a photo. */
export type PartOutputs = {
  /** [N] */
  readonly logits: Float32Array;
  /** [D] */
  readonly embedding: Float32Array | undefined;
};

/**
 * The outputs for each part that the network saw: one, or several tiles. They are cached, and every answer can be
 * computed from them, whatever the parameters.
 */
export type Parts = readonly [PartOutputs, ...PartOutputs[]];

/** One run of a photo through a network, or its cached outputs. */
export type Pass = {
  readonly model: LabelledModel;
  readonly framing: Framing;
  readonly parts: Parts;
  /** How the parts were made into inputs. */
  readonly frames: Frames;
  /** The parts of the upright photo that the network saw, in the same order. */
  readonly regions: readonly [Fractions, ...Fractions[]];
  /** The engine that computed the outputs. */
  readonly engine: EngineName;
  readonly cached: boolean;
  readonly times: StageTimes;
  /** The feature maps of a part. They are not cached: for a cached pass, the first call computes them. */
  readonly features: (part: number) => Promise<FeatureMap | undefined>;
};

/** Returns the calibrated probabilities of one part. */
export function partProbabilities(
  { model }: Pick<Pass, "model">,
  { logits }: PartOutputs,
): Float64Array {
  return softmax(logits, model.manifest.calibration?.temperature);
}

/**
 * Returns the probabilities of a pass: those of the part in which one class is most probable. Their mean over
 * tiles, most of which show something else, is right less often (docs/imaging.md).
 */
export function passProbabilities(pass: Pick<Pass, "model" | "parts">): Float64Array {
  return surestPart(pass).probabilities;
}

/** Returns the embedding of the part that {@link passProbabilities} takes. */
export function passEmbedding(pass: Pick<Pass, "model" | "parts">): Float32Array | undefined {
  return surestPart(pass).part.embedding;
}

/** What a pass says about its photo. */
export type Reading = {
  /** As {@link passProbabilities} returns them. */
  readonly probabilities: Float64Array;
  /** Whether the part that they are of looks like the model's photos; undefined if the model cannot tell. */
  readonly familiar: boolean | undefined;
};

export function readPass(pass: Pick<Pass, "model" | "parts">): Reading {
  const { familiarity } = pass.model.manifest.calibration ?? {};
  const { part, probabilities } = surestPart(pass);
  return { probabilities, familiar: familiarity && isFamiliar(measure(part), familiarity) };
}

function surestPart(pass: Pick<Pass, "model" | "parts">) {
  const [first, ...others] = pass.parts;
  let surest = { part: first, probabilities: partProbabilities(pass, first) };
  for (const part of others) {
    const probabilities = partProbabilities(pass, part);
    if (highest(probabilities) > highest(surest.probabilities)) surest = { part, probabilities };
  }
  return surest;
}

function highest(probabilities: Float64Array): number {
  return probabilities.reduce((a, b) => Math.max(a, b), 0);
}
