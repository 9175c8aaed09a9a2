/** The parent values of the object types' resolvers: domain values, plus the locale of the query. */
import type { Verdict } from "../answers/answer.ts";
import type { ClassifyResult } from "../classification/classify-image.ts";
import type { Explainable } from "../classification/explain-class.ts";
import type { AppError } from "../errors.ts";
import type { ImageHeader } from "../imaging/image-header.ts";
import type { Fractions } from "../imaging/place-photo.ts";
import type { EngineName } from "../inference/engines/engine.ts";
import type { RankedClass } from "../inference/top-k.ts";
import type { ClassLabel, Kind, Locale } from "../labels/class-label.ts";
import type { FoundLabel } from "../labels/label-search.ts";
import type { PublishedModel } from "../registry/model-catalog.ts";

export type ImageInfoParent = {
  readonly header: ImageHeader;
  readonly byteLength: number;
  /** In hexadecimal, or a function that computes it. */
  readonly sha256: string | (() => Promise<string>);
};

export type ModelVersionParent = PublishedModel & {
  /** The engine that ran it for an answer. */
  readonly engine?: EngineName;
};

export type LabelParent = FoundLabel & { readonly locale: Locale };

export type PredictionParent = RankedClass & {
  readonly rank: number;
  readonly label: ClassLabel;
  readonly locale: Locale;
  /** For the heat map. */
  readonly source: Explainable;
};

export type VoteParent = {
  readonly model: ModelVersionParent;
  readonly prediction: PredictionParent;
  readonly regions: readonly Fractions[];
};

export type AncestorParent = { readonly kind: Kind; readonly locale: Locale };

export type AnswerParent = {
  readonly verdict: Verdict;
  readonly labels: readonly ClassLabel[];
  readonly locale: Locale;
};

export type ClassificationParent = { readonly result: ClassifyResult; readonly locale: Locale };

export type ImageProblemParent = { readonly problem: AppError };
