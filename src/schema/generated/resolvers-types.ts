import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { AnswerParent, ClassificationParent, ImageInfoParent, LabelParent, ModelVersionParent, PredictionParent } from '../../resolvers/parents.ts';
import type { ResolverContext } from '../../resolvers/context.ts';
export type Maybe<T> = T | null;
export type InputMaybe<T> = T | null | undefined;
export type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** A file part of a multipart request, as the GraphQL multipart request specification describes it. */
  File: { input: Blob; output: never; }
};

/** The first prediction where it reaches the threshold, else UNKNOWN. */
export type Answer = {
  __typename?: 'Answer';
  /** Probability of the class, from 0 to 1; null where the kind is UNKNOWN. */
  confidence?: Maybe<Scalars['Float']['output']>;
  /** What the answer is. */
  kind: AnswerKind;
  /** Display name of the class; 'unknown' or '未知类别' where the kind is UNKNOWN. */
  label: Scalars['String']['output'];
  /** ImageNet's id of the class; null where the kind is UNKNOWN. */
  synset?: Maybe<Scalars['ID']['output']>;
};


/** The first prediction where it reaches the threshold, else UNKNOWN. */
export type AnswerLabelArgs = {
  locale?: InputMaybe<Locale>;
};

/** What an answer is. */
export type AnswerKind =
  /** One of the model's classes. */
  | 'CLASS'
  /** No class reached the threshold. */
  | 'UNKNOWN';

/** What a model says about a photo. */
export type Classification = {
  __typename?: 'Classification';
  /** The one thing to say about the photo. */
  answer: Answer;
  /** The photo's header. */
  image: ImageInfo;
  /** The model that answered. */
  model: ModelVersion;
  /** At most topK classes, most probable first, each with a confidence of at least the threshold. */
  predictions: Array<Prediction>;
  /** Where the time went. */
  timing: Timing;
};

/** The formats that can be decoded. */
export type ImageFormat =
  /** AVIF, 8 to 12 bits. */
  | 'AVIF'
  /** GIF; of an animation the first frame. */
  | 'GIF'
  /** JPEG, baseline or progressive. */
  | 'JPEG'
  /** Portable Network Graphics. */
  | 'PNG'
  /** WebP, lossy or lossless; of an animation the first frame. */
  | 'WEBP';

/** What the header of an image says. */
export type ImageInfo = {
  __typename?: 'ImageInfo';
  /** Size of the file in bytes. */
  bytes: Scalars['Int']['output'];
  /** Whether classify would decode the image, as far as its header tells. */
  decodable: Scalars['Boolean']['output'];
  /** Estimated peak memory of decoding it, in bytes. */
  estimatedDecodeBytes: Scalars['Float']['output'];
  /** The format, by content. */
  format: ImageFormat;
  /** Number of frames; of several the first is classified. */
  frames: Scalars['Int']['output'];
  /** Stored height in pixels, before the orientation is applied. */
  height: Scalars['Int']['output'];
  /** EXIF orientation, or AVIF's rotation and mirroring as one: 1 to 8; 1 is upright. */
  orientation: Scalars['Int']['output'];
  /** Why it would not, naming the limit and the value; null where it would. */
  problem?: Maybe<Scalars['String']['output']>;
  /** SHA-256 of the file, in hexadecimal. */
  sha256: Scalars['String']['output'];
  /** Stored width in pixels, before the orientation is applied. */
  width: Scalars['Int']['output'];
};

/** One image, given in exactly one way. */
export type ImageInput =
  /** The bytes in Base64: bare, or as a data URI. The MIME type of a data URI is ignored: the content decides. */
  { base64: Scalars['String']['input']; upload?: never; }
  |  /** A file part of a multipart request. */
  { base64?: never; upload: Scalars['File']['input']; };

/** A class of a model. */
export type Label = {
  __typename?: 'Label';
  /** Other names. */
  aliases: Array<Scalars['String']['output']>;
  /** Position of the class in the model's output, from 0. */
  classIndex: Scalars['Int']['output'];
  /** Display name. */
  label: Scalars['String']['output'];
  /** ImageNet's id of the class. */
  synset: Scalars['ID']['output'];
};


/** A class of a model. */
export type LabelAliasesArgs = {
  locale?: InputMaybe<Locale>;
};


/** A class of a model. */
export type LabelLabelArgs = {
  locale?: InputMaybe<Locale>;
};

/** A page of labels (Relay's connection). */
export type LabelConnection = {
  __typename?: 'LabelConnection';
  /** The page's entries with their cursors. */
  edges: Array<LabelEdge>;
  /** The page's entries. */
  nodes: Array<Label>;
  /** How to go on. */
  pageInfo: PageInfo;
  /** How many classes match on all pages. */
  totalCount: Scalars['Int']['output'];
};

/** A label in a page. */
export type LabelEdge = {
  __typename?: 'LabelEdge';
  /** Opaque; for the argument 'after'. */
  cursor: Scalars['String']['output'];
  /** The label. */
  node: Label;
};

/** The languages of labels. */
export type Locale =
  /** English. */
  | 'EN'
  /** Simplified Chinese. */
  | 'ZH';

/** One measured figure of a model; rates in percent. */
export type ModelMetric = {
  __typename?: 'ModelMetric';
  /** The evaluation set. */
  dataset: Scalars['String']['output'];
  /** What was measured. */
  name: Scalars['String']['output'];
  /** The figure. */
  value: Scalars['Float']['output'];
};

/** One published version of a model; it never changes. */
export type ModelVersion = {
  __typename?: 'ModelVersion';
  /** The names that mean this version at present. */
  aliases: Array<Scalars['String']['output']>;
  /** Name of the network's architecture. */
  architecture: Scalars['String']['output'];
  /** Size of the model file in bytes. */
  bytes: Scalars['Int']['output'];
  /** Number of classes. */
  classes: Scalars['Int']['output'];
  /** Id of the model. */
  id: Scalars['ID']['output'];
  /** Side of the square input in pixels. */
  inputSize: Scalars['Int']['output'];
  /** Licence of the weights. */
  licence: Scalars['String']['output'];
  /** Measured figures. */
  metrics: Array<ModelMetric>;
  /** Confidence that the answer must reach where a query gives no threshold. */
  recommendedThreshold: Scalars['Float']['output'];
  /** SHA-256 of the model file, in hexadecimal. */
  sha256: Scalars['String']['output'];
  /** Where the weights come from. */
  source: Scalars['String']['output'];
  /** Semantic version. */
  version: Scalars['String']['output'];
};

/** Where a page stands (Relay). */
export type PageInfo = {
  __typename?: 'PageInfo';
  /** Cursor of the last entry; null on an empty page. */
  endCursor?: Maybe<Scalars['String']['output']>;
  /** Whether more entries follow. */
  hasNextPage: Scalars['Boolean']['output'];
  /** Whether entries precede. */
  hasPreviousPage: Scalars['Boolean']['output'];
  /** Cursor of the first entry; null on an empty page. */
  startCursor?: Maybe<Scalars['String']['output']>;
};

/** One class and its probability. */
export type Prediction = {
  __typename?: 'Prediction';
  /** Other names of the class. */
  aliases: Array<Scalars['String']['output']>;
  /** Position of the class in the model's output, from 0. */
  classIndex: Scalars['Int']['output'];
  /** Probability by the model's softmax, from 0 to 1. */
  confidence: Scalars['Float']['output'];
  /** Display name of the class. */
  label: Scalars['String']['output'];
  /** 1 for the most probable class. */
  rank: Scalars['Int']['output'];
  /** ImageNet's id of the class: a WordNet 3.0 noun offset. */
  synset: Scalars['ID']['output'];
};


/** One class and its probability. */
export type PredictionAliasesArgs = {
  locale?: InputMaybe<Locale>;
};


/** One class and its probability. */
export type PredictionLabelArgs = {
  locale?: InputMaybe<Locale>;
};

/** Everything that can be asked. */
export type Query = {
  __typename?: 'Query';
  /** Says what a photo shows. */
  classify: Classification;
  /** Reads the header of an image: nothing is decoded. */
  inspectImage: ImageInfo;
  /** The classes of a model, in the order of its output, page by page. */
  labels: LabelConnection;
  /** Every published model version, by id and version. */
  models: Array<ModelVersion>;
};


/** Everything that can be asked. */
export type QueryClassifyArgs = {
  image: ImageInput;
  locale?: InputMaybe<Locale>;
  model?: InputMaybe<Scalars['String']['input']>;
  threshold?: InputMaybe<Scalars['Float']['input']>;
  topK?: InputMaybe<Scalars['Int']['input']>;
};


/** Everything that can be asked. */
export type QueryInspectImageArgs = {
  image: ImageInput;
};


/** Everything that can be asked. */
export type QueryLabelsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  locale?: InputMaybe<Locale>;
  model?: InputMaybe<Scalars['String']['input']>;
  search?: InputMaybe<Scalars['String']['input']>;
};

/** Times in milliseconds, for local runs only: the clock of a deployed Worker stands still while it computes, so that these are 0 there. */
export type Timing = {
  __typename?: 'Timing';
  /** From bytes to pixels. */
  decodeMs: Scalars['Float']['output'];
  /** From tensor to logits, waiting for other images and for the loading of the model included. */
  inferenceMs: Scalars['Float']['output'];
  /** From pixels to the model's input tensor. */
  preprocessMs: Scalars['Float']['output'];
  /** All of it. */
  totalMs: Scalars['Float']['output'];
};



export type ResolverTypeWrapper<T> = Promise<T> | T;


export type ResolverWithResolve<TResult, TParent, TContext, TArgs> = {
  resolve: ResolverFn<TResult, TParent, TContext, TArgs>;
};
export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs> | ResolverWithResolve<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;





/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  Answer: ResolverTypeWrapper<AnswerParent>;
  AnswerKind: AnswerKind;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  Classification: ResolverTypeWrapper<ClassificationParent>;
  File: ResolverTypeWrapper<Scalars['File']['output']>;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  ImageFormat: ImageFormat;
  ImageInfo: ResolverTypeWrapper<ImageInfoParent>;
  ImageInput: ImageInput;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  Label: ResolverTypeWrapper<LabelParent>;
  LabelConnection: ResolverTypeWrapper<Omit<LabelConnection, 'edges' | 'nodes'> & { edges: Array<ResolversTypes['LabelEdge']>, nodes: Array<ResolversTypes['Label']> }>;
  LabelEdge: ResolverTypeWrapper<Omit<LabelEdge, 'node'> & { node: ResolversTypes['Label'] }>;
  Locale: Locale;
  ModelMetric: ResolverTypeWrapper<ModelMetric>;
  ModelVersion: ResolverTypeWrapper<ModelVersionParent>;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Prediction: ResolverTypeWrapper<PredictionParent>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  Timing: ResolverTypeWrapper<Timing>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  Answer: AnswerParent;
  Boolean: Scalars['Boolean']['output'];
  Classification: ClassificationParent;
  File: Scalars['File']['output'];
  Float: Scalars['Float']['output'];
  ID: Scalars['ID']['output'];
  ImageInfo: ImageInfoParent;
  ImageInput: ImageInput;
  Int: Scalars['Int']['output'];
  Label: LabelParent;
  LabelConnection: Omit<LabelConnection, 'edges' | 'nodes'> & { edges: Array<ResolversParentTypes['LabelEdge']>, nodes: Array<ResolversParentTypes['Label']> };
  LabelEdge: Omit<LabelEdge, 'node'> & { node: ResolversParentTypes['Label'] };
  ModelMetric: ModelMetric;
  ModelVersion: ModelVersionParent;
  PageInfo: PageInfo;
  Prediction: PredictionParent;
  Query: Record<PropertyKey, never>;
  String: Scalars['String']['output'];
  Timing: Timing;
};

export type AnswerResolvers<ContextType = ResolverContext, ParentType extends ResolversParentTypes['Answer'] = ResolversParentTypes['Answer']> = {
  confidence?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['AnswerKind'], ParentType, ContextType>;
  label?: Resolver<ResolversTypes['String'], ParentType, ContextType, Partial<AnswerLabelArgs>>;
  synset?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
};

export type ClassificationResolvers<ContextType = ResolverContext, ParentType extends ResolversParentTypes['Classification'] = ResolversParentTypes['Classification']> = {
  answer?: Resolver<ResolversTypes['Answer'], ParentType, ContextType>;
  image?: Resolver<ResolversTypes['ImageInfo'], ParentType, ContextType>;
  model?: Resolver<ResolversTypes['ModelVersion'], ParentType, ContextType>;
  predictions?: Resolver<Array<ResolversTypes['Prediction']>, ParentType, ContextType>;
  timing?: Resolver<ResolversTypes['Timing'], ParentType, ContextType>;
};

export interface FileScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['File'], any> {
  name: 'File';
}

export type ImageInfoResolvers<ContextType = ResolverContext, ParentType extends ResolversParentTypes['ImageInfo'] = ResolversParentTypes['ImageInfo']> = {
  bytes?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  decodable?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  estimatedDecodeBytes?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  format?: Resolver<ResolversTypes['ImageFormat'], ParentType, ContextType>;
  frames?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  height?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  orientation?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  problem?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  sha256?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  width?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type LabelResolvers<ContextType = ResolverContext, ParentType extends ResolversParentTypes['Label'] = ResolversParentTypes['Label']> = {
  aliases?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType, Partial<LabelAliasesArgs>>;
  classIndex?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  label?: Resolver<ResolversTypes['String'], ParentType, ContextType, Partial<LabelLabelArgs>>;
  synset?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type LabelConnectionResolvers<ContextType = ResolverContext, ParentType extends ResolversParentTypes['LabelConnection'] = ResolversParentTypes['LabelConnection']> = {
  edges?: Resolver<Array<ResolversTypes['LabelEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['Label']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type LabelEdgeResolvers<ContextType = ResolverContext, ParentType extends ResolversParentTypes['LabelEdge'] = ResolversParentTypes['LabelEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Label'], ParentType, ContextType>;
};

export type ModelMetricResolvers<ContextType = ResolverContext, ParentType extends ResolversParentTypes['ModelMetric'] = ResolversParentTypes['ModelMetric']> = {
  dataset?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  value?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type ModelVersionResolvers<ContextType = ResolverContext, ParentType extends ResolversParentTypes['ModelVersion'] = ResolversParentTypes['ModelVersion']> = {
  aliases?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  architecture?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  bytes?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  classes?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  inputSize?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  licence?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  metrics?: Resolver<Array<ResolversTypes['ModelMetric']>, ParentType, ContextType>;
  recommendedThreshold?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  sha256?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  source?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type PageInfoResolvers<ContextType = ResolverContext, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type PredictionResolvers<ContextType = ResolverContext, ParentType extends ResolversParentTypes['Prediction'] = ResolversParentTypes['Prediction']> = {
  aliases?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType, Partial<PredictionAliasesArgs>>;
  classIndex?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  confidence?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  label?: Resolver<ResolversTypes['String'], ParentType, ContextType, Partial<PredictionLabelArgs>>;
  rank?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  synset?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type QueryResolvers<ContextType = ResolverContext, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  classify?: Resolver<ResolversTypes['Classification'], ParentType, ContextType, RequireFields<QueryClassifyArgs, 'image' | 'locale' | 'topK'>>;
  inspectImage?: Resolver<ResolversTypes['ImageInfo'], ParentType, ContextType, RequireFields<QueryInspectImageArgs, 'image'>>;
  labels?: Resolver<ResolversTypes['LabelConnection'], ParentType, ContextType, RequireFields<QueryLabelsArgs, 'first' | 'locale'>>;
  models?: Resolver<Array<ResolversTypes['ModelVersion']>, ParentType, ContextType>;
};

export type TimingResolvers<ContextType = ResolverContext, ParentType extends ResolversParentTypes['Timing'] = ResolversParentTypes['Timing']> = {
  decodeMs?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  inferenceMs?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  preprocessMs?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  totalMs?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type Resolvers<ContextType = ResolverContext> = {
  Answer?: AnswerResolvers<ContextType>;
  Classification?: ClassificationResolvers<ContextType>;
  File?: GraphQLScalarType;
  ImageInfo?: ImageInfoResolvers<ContextType>;
  Label?: LabelResolvers<ContextType>;
  LabelConnection?: LabelConnectionResolvers<ContextType>;
  LabelEdge?: LabelEdgeResolvers<ContextType>;
  ModelMetric?: ModelMetricResolvers<ContextType>;
  ModelVersion?: ModelVersionResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  Prediction?: PredictionResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  Timing?: TimingResolvers<ContextType>;
};

