import type { ImageHeader } from "../imaging/image-header.ts";
import type { FeatureMap } from "../inference/network.ts";
import type { LabelledModel } from "../registry/model-catalog.ts";

/** An image to be classified: its header is read and its bytes are hashed once. */
export type SourceImage = {
  readonly bytes: Uint8Array;
  readonly header: ImageHeader;
  /** In hexadecimal. */
  readonly sha256: string;
};

/** Milliseconds per stage; all 0 in a deployed Worker, whose clock stands still while it computes. */
export type StageTimes = {
  readonly waitMs: number;
  readonly decodeMs: number;
  readonly preprocessMs: number;
  readonly inferenceMs: number;
};

/** The outputs that are cached: enough for every answer, whatever its parameters. */
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
  /** The feature maps; computed on the first call if the pass came from the cache, which lacks them. */
  readonly features: () => Promise<FeatureMap | undefined>;
};
