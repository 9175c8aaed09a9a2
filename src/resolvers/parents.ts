/** The values that the resolvers of object types receive: domain values, plus the query's locale. */
import type { Verdict } from "../answers/answer.ts";
import type { ClassifyResult } from "../classification/classify-image.ts";
import type { Explainable } from "../classification/explain-class.ts";
import type { AppError } from "../errors.ts";
import type { ImageHeader } from "../imaging/image-header.ts";
import type { RankedClass } from "../inference/top-k.ts";
import type { ClassLabel, Kind, Locale } from "../labels/class-label.ts";
import type { FoundLabel } from "../labels/label-search.ts";
import type { PublishedModel } from "../registry/model-catalog.ts";

/** Parent of `ImageInfo`. */
export type ImageInfoParent = {
  readonly header: ImageHeader;
  readonly bytes: Uint8Array;
  /** Undefined if it has not been computed yet. */
  readonly sha256?: string;
};

/** Parent of `ModelVersion`. */
export type ModelVersionParent = PublishedModel;

/** Parent of `Label`. */
export type LabelParent = FoundLabel & { readonly locale: Locale };

/** Parent of `Prediction`. */
export type PredictionParent = RankedClass & {
  readonly rank: number;
  readonly label: ClassLabel;
  readonly locale: Locale;
  /** For the heat map. */
  readonly source: Explainable;
};

/** Parent of `Vote`. */
export type VoteParent = {
  readonly model: ModelVersionParent;
  readonly prediction: PredictionParent;
};

/** Parent of `Ancestor`. */
export type AncestorParent = { readonly kind: Kind; readonly locale: Locale };

/** Parent of `Answer`. */
export type AnswerParent = {
  readonly verdict: Verdict;
  readonly labels: readonly ClassLabel[];
  readonly locale: Locale;
};

/** Parent of `Classification`. */
export type ClassificationParent = { readonly result: ClassifyResult; readonly locale: Locale };

/** Parent of `ImageProblem`. */
export type ImageProblemParent = { readonly problem: AppError };
