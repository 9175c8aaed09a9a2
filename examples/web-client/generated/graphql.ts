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

/** Languages of labels. */
export type Locale =
  /** English. */
  | 'EN'
  /** Simplified Chinese. */
  | 'ZH';

export type ClassifyPhotoQueryVariables = Exact<{
  image: null;
  locale: Locale;
}>;


export type ClassifyPhotoQuery = { classify: { answer: { kind: AnswerKind, label: string, confidence: number | null }, predictions: Array<{ id: string, label: string, confidence: number, heatmap: string | null }> } };

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

export const ClassifyPhotoDocument = new TypedDocumentString(`
    query ClassifyPhoto($image: File!, $locale: Locale!) {
  classify(image: {upload: $image}, topK: 5, locale: $locale) {
    answer {
      kind
      label
      confidence
    }
    predictions {
      id
      label
      confidence
      heatmap(size: 224)
    }
  }
}
    `) as unknown as TypedDocumentString<ClassifyPhotoQuery, ClassifyPhotoQueryVariables>;