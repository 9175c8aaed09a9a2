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


export type ModelsQuery = { models: Array<{ id: string, version: string, aliases: Array<string>, classes: number }> };

export type ClassifyQueryVariables = Exact<{
  image: ImageInput;
  models: Array<string> | string;
  topK: number;
}>;


export type ClassifyQuery = { classify: { cached: boolean, receipt: unknown, answer: { kind: AnswerKind, id: string | null, synset: string | null, confidence: number | null, en: string, zh: string }, answers: Array<{ kind: AnswerKind, id: string | null, synset: string | null, confidence: number | null, en: string, zh: string }>, predictions: Array<{ id: string, confidence: number, en: string, zh: string, enAncestors: Array<{ label: string }>, zhAncestors: Array<{ label: string }> }>, votes: Array<{ model: { id: string, version: string, architecture: string, recommendedThreshold: number, cropFraction: number }, prediction: { confidence: number, en: string, zh: string } }> } };

export type HeatmapQueryVariables = Exact<{
  image: ImageInput;
  models: Array<string> | string;
  id: string | number;
}>;


export type HeatmapQuery = { classify: { heatmap: string | null } };

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
    classes
  }
}
    `) as unknown as TypedDocumentString<ModelsQuery, ModelsQueryVariables>;
export const ClassifyDocument = new TypedDocumentString(`
    query Classify($image: ImageInput!, $models: [String!]!, $topK: Int!) {
  classify(image: $image, models: $models, topK: $topK) {
    answer {
      kind
      id
      synset
      en: label(locale: EN)
      zh: label(locale: ZH)
      confidence
    }
    answers {
      kind
      id
      synset
      en: label(locale: EN)
      zh: label(locale: ZH)
      confidence
    }
    predictions {
      id
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
    cached
    receipt
  }
}
    `) as unknown as TypedDocumentString<ClassifyQuery, ClassifyQueryVariables>;
export const HeatmapDocument = new TypedDocumentString(`
    query Heatmap($image: ImageInput!, $models: [String!]!, $id: ID!) {
  classify(image: $image, models: $models, topK: 1) {
    heatmap(id: $id, size: 224, style: MASK)
  }
}
    `) as unknown as TypedDocumentString<HeatmapQuery, HeatmapQueryVariables>;