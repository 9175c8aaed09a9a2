/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** What sort of answer it is. */
export type AnswerKind =
  /** No class reached the threshold, but a kind of thing that several classes belong to did. */
  | 'ANCESTOR'
  /** One of the model's classes. */
  | 'CLASS'
  /** Not even a kind of thing reached the threshold. */
  | 'UNKNOWN';

/** Supported image formats. */
export type ImageFormat =
  /** AVIF, 8 to 12 bits. */
  | 'AVIF'
  /** GIF. For an animation, its first frame. */
  | 'GIF'
  /** JPEG, baseline or progressive. */
  | 'JPEG'
  /** Portable Network Graphics. */
  | 'PNG'
  /** WebP, lossy or lossless. For an animation, its first frame. */
  | 'WEBP';

/** One image, given in exactly one way. */
export type ImageInput =
  {   /** The bytes in Base64, plain or as a data URL. The MIME type of a data URL is ignored: the content decides. */
  base64: string; key?: never; upload?: never; url?: never; }
  |  { base64?: never;   /** Key of an object in the service's own image bucket. */
  key: string; upload?: never; url?: never; }
  |  { base64?: never; key?: never;   /** A file in a multipart request. */
  upload: null; url?: never; }
  |  { base64?: never; key?: never; upload?: never;   /** A public http or https URL. The service fetches it, following at most 3 redirects, within 5 seconds. */
  url: string; };

export type ModelsQueryVariables = Exact<{ [key: string]: never; }>;


export type ModelsQuery = { models: Array<{ id: string, version: string, aliases: Array<string>, architecture: string, classes: number, bytes: number }> };

export type ClassifyQueryVariables = Exact<{
  image: ImageInput;
  models: Array<string> | string;
}>;


export type ClassifyQuery = { classify: { cached: boolean, receipt: unknown, answer: { kind: AnswerKind, synset: string | null, confidence: number | null, en: string, zh: string }, answers: Array<{ kind: AnswerKind, synset: string | null, confidence: number | null, en: string, zh: string }>, predictions: Array<{ rank: number, synset: string | null, confidence: number, en: string, zh: string, enAncestors: Array<{ label: string }>, zhAncestors: Array<{ label: string }> }>, votes: Array<{ model: { id: string, version: string, architecture: string, recommendedThreshold: number, cropFraction: number }, prediction: { confidence: number, en: string, zh: string } }>, image: { format: ImageFormat, width: number, height: number, bytes: number } } };

export type HeatmapQueryVariables = Exact<{
  image: ImageInput;
  models: Array<string> | string;
  topK: number;
}>;


export type HeatmapQuery = { classify: { predictions: Array<{ synset: string | null, heatmap: string | null }> } };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}

export const ModelsDocument = new TypedDocumentString(`
    query Models {
  models {
    id
    version
    aliases
    architecture
    classes
    bytes
  }
}
    `) as unknown as TypedDocumentString<ModelsQuery, ModelsQueryVariables>;
export const ClassifyDocument = new TypedDocumentString(`
    query Classify($image: ImageInput!, $models: [String!]!) {
  classify(image: $image, models: $models, topK: 10) {
    answer {
      kind
      synset
      en: label(locale: EN)
      zh: label(locale: ZH)
      confidence
    }
    answers {
      kind
      synset
      en: label(locale: EN)
      zh: label(locale: ZH)
      confidence
    }
    predictions {
      rank
      synset
      en: label(locale: EN)
      zh: label(locale: ZH)
      confidence
      enAncestors: ancestors(locale: EN) {
        label
      }
      zhAncestors: ancestors(locale: ZH) {
        label
      }
    }
    votes {
      model {
        id
        version
        architecture
        recommendedThreshold
        cropFraction
      }
      prediction {
        en: label(locale: EN)
        zh: label(locale: ZH)
        confidence
      }
    }
    image {
      format
      width
      height
      bytes
    }
    cached
    receipt
  }
}
    `) as unknown as TypedDocumentString<ClassifyQuery, ClassifyQueryVariables>;
export const HeatmapDocument = new TypedDocumentString(`
    query Heatmap($image: ImageInput!, $models: [String!]!, $topK: Int!) {
  classify(image: $image, models: $models, topK: $topK) {
    predictions {
      synset
      heatmap(size: 224, style: MASK)
    }
  }
}
    `) as unknown as TypedDocumentString<HeatmapQuery, HeatmapQueryVariables>;