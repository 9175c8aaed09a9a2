import type { ImageHeader } from "../imaging/image-header.ts";
import type { Fractions } from "../imaging/place-photo.ts";
import type { FeatureMap } from "../inference/network.ts";
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

/** The cached outputs, from which every answer can be computed, whatever the parameters. */
export type CachedOutputs = {
  /** [N] */
  readonly logits: Float32Array;
  /** [D] */
  readonly embedding: Float32Array | undefined;
};

/** One run of an image through a network, or its cached outputs. */
export type Pass = CachedOutputs & {
  readonly model: LabelledModel;
  readonly cached: boolean;
  readonly times: StageTimes;
  /** The parts of the upright photo that the network saw. */
  readonly regions: readonly [Fractions, ...Fractions[]];
  /** The feature maps. They are not cached: for a cached pass, the first call computes them. */
  readonly features: () => Promise<FeatureMap | undefined>;
};
