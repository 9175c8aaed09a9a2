/** What the resolvers of object types receive: domain values, plus the locale of the query. */
import type { StageTimes } from "../classification/classify-image.ts";
import type { ImageHeader } from "../imaging/image-header.ts";
import type { FoundLabel } from "../inference/label-search.ts";
import type { ClassLabel, Locale } from "../inference/label-table.ts";
import type { RankedClass } from "../inference/top-k.ts";
import type { PublishedModel } from "../registry/model-catalog.ts";

/** Parent of `ImageInfo`. */
export type ImageInfoParent = { readonly header: ImageHeader; readonly bytes: Uint8Array };

/** Parent of `ModelVersion`. */
export type ModelVersionParent = PublishedModel;

/** Parent of `Label`. */
export type LabelParent = FoundLabel & { readonly locale: Locale };

/** Parent of `Prediction`. */
export type PredictionParent = RankedClass & {
  readonly rank: number;
  readonly label: ClassLabel;
  readonly locale: Locale;
};

/** Parent of `Answer`: the class that reached the threshold, if one did. */
export type AnswerParent = {
  readonly prediction: PredictionParent | undefined;
  readonly locale: Locale;
};

/** Parent of `Classification`. */
export type ClassificationParent = {
  readonly predictions: PredictionParent[];
  readonly answer: AnswerParent;
  readonly model: ModelVersionParent;
  readonly image: ImageInfoParent;
  readonly timing: StageTimes;
};
