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
  /** Not even a kind of thing reached the threshold, or the image is unlike the model's photos (Classification.familiar). */
  | 'UNKNOWN';

/** What runs a network. The engines' confidences differ slightly. */
export type Engine =
  /** LiteRT, which is faster and runs the models that have a file for it. */
  | 'LITERT'
  /** ONNX Runtime, which runs every model. */
  | 'ONNXRUNTIME';

/** Which part of a photo the network sees. */
export type Framing =
  /** What the model's manifest says: for most models the square in the middle, without the edges. */
  | 'CROP'
  /** Squares along the longer side of the photo, at most 5 of them. They overlap as long as 5 can cover the photo. The predictions are those of the square in which the network is most sure. Each one counts as a pass through the network toward the limit of a request. */
  | 'TILES'
  /** The whole photo, made smaller to fit into the model's input. The rest of the input is filled with the mean color. */
  | 'WHOLE';

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

/** How a model was trained. */
export type TrainingMethod =
  /** Also from the answers of another model. */
  | 'DISTILLATION'
  /** The classifier and layers before it, from the base's weights. */
  | 'FINE_TUNING'
  /** The classifier alone. */
  | 'HEAD'
  /** The mean of the weights of several trained models. */
  | 'SOUP';

export type ModelsQueryVariables = Exact<{ [key: string]: never; }>;


export type ModelsQuery = { models: Array<{ id: string, version: string, aliases: Array<string>, classes: number, architecture: string, bytes: number, training: { method: TrainingMethod, base: string, trainingPhotos: number, classes: number } | null, metrics: Array<{ name: string, value: number }> }> };

export type ClassifyQueryVariables = Exact<{
  image: ImageInput;
  models: Array<string> | string;
  topK: number;
  framing: Framing;
}>;


export type ClassifyQuery = { classify: { familiar: boolean | null, cached: boolean, receipt: unknown, answer: { kind: AnswerKind, id: string | null, synset: string | null, confidence: number | null, en: string, zh: string }, answers: Array<{ kind: AnswerKind, id: string | null, synset: string | null, confidence: number | null, en: string, zh: string }>, predictions: Array<{ id: string, confidence: number, en: string, zh: string, enAncestors: Array<{ label: string }>, zhAncestors: Array<{ label: string }> }>, votes: Array<{ model: { id: string, version: string, engine: Engine | null, architecture: string, recommendedThreshold: number, classes: number }, prediction: { confidence: number, en: string, zh: string } }>, regions: Array<{ x: number, y: number, width: number, height: number }>, image: { frames: number } } };

export type HeatmapQueryVariables = Exact<{
  image: ImageInput;
  models: Array<string> | string;
  framing: Framing;
  id: string | number;
}>;


export type HeatmapQuery = { classify: { explain: { heatmap: string, model: { architecture: string, version: string }, region: { x: number, y: number, width: number, height: number } } | null } };

export type LabelsQueryVariables = Exact<{
  search: string;
  model: string;
  first: number;
}>;


export type LabelsQuery = { labels: { totalCount: number, nodes: Array<{ id: string, en: string, zh: string }> } };

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
    architecture
    bytes
    training {
      method
      base
      trainingPhotos
      classes
    }
    metrics {
      name
      value
    }
  }
}
    `) as unknown as TypedDocumentString<ModelsQuery, ModelsQueryVariables>;
export const ClassifyDocument = new TypedDocumentString(`
    query Classify($image: ImageInput!, $models: [String!]!, $topK: Int!, $framing: Framing!) {
  classify(image: $image, models: $models, topK: $topK, framing: $framing) {
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
    familiar
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
        engine
        architecture
        recommendedThreshold
        classes
      }
      prediction {
        en: label(locale: EN)
        zh: label(locale: ZH)
        confidence
      }
    }
    regions {
      x
      y
      width
      height
    }
    image {
      frames
    }
    cached
    receipt
  }
}
    `) as unknown as TypedDocumentString<ClassifyQuery, ClassifyQueryVariables>;
export const HeatmapDocument = new TypedDocumentString(`
    query Heatmap($image: ImageInput!, $models: [String!]!, $framing: Framing!, $id: ID!) {
  classify(image: $image, models: $models, framing: $framing, topK: 1) {
    explain(id: $id, size: 224, style: MASK) {
      heatmap
      model {
        architecture
        version
      }
      region {
        x
        y
        width
        height
      }
    }
  }
}
    `) as unknown as TypedDocumentString<HeatmapQuery, HeatmapQueryVariables>;
export const LabelsDocument = new TypedDocumentString(`
    query Labels($search: String!, $model: String!, $first: Int!) {
  labels(search: $search, model: $model, first: $first) {
    totalCount
    nodes {
      id
      en: label(locale: EN)
      zh: label(locale: ZH)
    }
  }
}
    `) as unknown as TypedDocumentString<LabelsQuery, LabelsQueryVariables>;