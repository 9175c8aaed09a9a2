import type { Receipt } from '../../models/receipt.ts';
import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { AncestorParent, AnswerParent, ClassificationParent, ImageProblemParent, ImageInfoParent, LabelParent, ModelVersionParent, PredictionParent, VoteParent } from '../../resolvers/parents.ts';
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
  /** A PNG as a data URI (data:image/png;base64,…). */
  DataUrl: { input: string; output: string; }
  /** A file part of a multipart request, as the GraphQL multipart request specification describes it. */
  File: { input: Blob; output: never; }
  /** A JSON document: SHA-256 of the image, id, version and SHA-256 of each model, SHA-256 of its preprocessing, the parameters, and the predictions. 'npm run replay' checks one. */
  Receipt: { input: Receipt; output: Receipt; }
};

/** A name, and a share of its requests. */
export type AliasShare = {
  __typename?: 'AliasShare';
  /** The name. */
  alias: Scalars['String']['output'];
  /** From 0 to 1. */
  share: Scalars['Float']['output'];
};

/** A kind of thing in WordNet that several classes belong to. */
export type Ancestor = {
  __typename?: 'Ancestor';
  /** Other names. */
  aliases: Array<Scalars['String']['output']>;
  /** Display name. */
  label: Scalars['String']['output'];
  /** ImageNet's id: a WordNet 3.0 noun offset. */
  synset: Scalars['ID']['output'];
};

/** The first prediction where it reaches the threshold, else the most specific ancestor whose classes reach it together, else UNKNOWN. */
export type Answer = {
  __typename?: 'Answer';
  /** Probability of the class, or the sum over the ancestor's classes, from 0 to 1; null where the kind is UNKNOWN. */
  confidence?: Maybe<Scalars['Float']['output']>;
  /** What the answer is. */
  kind: AnswerKind;
  /** Display name of the class or ancestor; 'unknown' or '未知类别' where the kind is UNKNOWN. */
  label: Scalars['String']['output'];
  /** ImageNet's id of the class or ancestor; null where the kind is UNKNOWN. */
  synset?: Maybe<Scalars['ID']['output']>;
};


/** The first prediction where it reaches the threshold, else the most specific ancestor whose classes reach it together, else UNKNOWN. */
export type AnswerLabelArgs = {
  locale?: InputMaybe<Locale>;
};

/** What an answer is. */
export type AnswerKind =
  /** No class reached the threshold, but a kind of thing did to which several classes belong. */
  | 'ANCESTOR'
  /** One of the model's classes. */
  | 'CLASS'
  /** Not even a kind of thing reached the threshold. */
  | 'UNKNOWN';

/** The threshold of one class. */
export type ClassThreshold = {
  __typename?: 'ClassThreshold';
  /** ImageNet's id of the class. */
  synset: Scalars['ID']['output'];
  /** Confidence that it must reach to be the answer where a query gives no threshold. */
  threshold: Scalars['Float']['output'];
};

/** What a model says about a photo. */
export type Classification = {
  __typename?: 'Classification';
  /** The one thing to say about the photo. */
  answer: Answer;
  /** What could be answered, most specific first and each more probable than those before: at a threshold, the first that reaches it is the answer. The first is the most probable class. */
  answers: Array<Answer>;
  /** Whether the networks' outputs came from the cache. 'Cache-Control: no-store' in the request keeps it out of play. */
  cached: Scalars['Boolean']['output'];
  /** The mean of the model's last feature maps, at unit length (L2), for similarity search; null where the model was published without it. Of an ensemble that of the first model. */
  embedding?: Maybe<Array<Scalars['Float']['output']>>;
  /** The photo's header. */
  image: ImageInfo;
  /** The model that answered; of an ensemble the first one. */
  model: ModelVersion;
  /** At most topK classes, most probable first, each with a confidence of at least the threshold. */
  predictions: Array<Prediction>;
  /** What it takes to reproduce the predictions. */
  receipt: Scalars['Receipt']['output'];
  /** Where the time went. */
  timing: Timing;
  /** What each model says by itself, in the order asked. */
  votes: Array<Vote>;
};

/** One of several images: a classification, or why there is none. */
export type ClassifyResult = Classification | ImageProblem;

/** How a heat map is drawn. */
export type HeatmapStyle =
  /** Alone: coloured, and as opaque as the model was attentive, to be laid over the photo. */
  | 'MASK'
  /** Over the part of the photo that the model saw. */
  | 'OVERLAY';

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
  { base64: Scalars['String']['input']; key?: never; upload?: never; url?: never; }
  |  /** Key of an object in the service's own bucket of images. */
  { base64?: never; key: Scalars['String']['input']; upload?: never; url?: never; }
  |  /** A file part of a multipart request. */
  { base64?: never; key?: never; upload: Scalars['File']['input']; url?: never; }
  |  /** A public http or https URL; the service fetches it, with at most 3 redirects, within 5 seconds. */
  { base64?: never; key?: never; upload?: never; url: Scalars['String']['input']; };

/** Why one of several images was not classified. */
export type ImageProblem = {
  __typename?: 'ImageProblem';
  /** As in extensions.code of an error. */
  code: Scalars['String']['output'];
  /** What happened, why, and how to fix it. */
  message: Scalars['String']['output'];
};

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

/** How a model's confidences are made to mean what they say. */
export type ModelCalibration = {
  __typename?: 'ModelCalibration';
  /** Classes with a threshold of their own, in place of the recommended one. */
  classThresholds: Array<ClassThreshold>;
  /** The photos that it was fitted on. */
  dataset: Scalars['String']['output'];
  /** How many they were. */
  images: Scalars['Int']['output'];
  /** Share of right answers that the thresholds were chosen for, from 0 to 1; null where none reaches what was wanted. */
  targetPrecision?: Maybe<Scalars['Float']['output']>;
  /** The network's logits are divided by it before the softmax. */
  temperature: Scalars['Float']['output'];
};

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
  /** How its confidences were made to mean what they say; null where they are the network's own. */
  calibration?: Maybe<ModelCalibration>;
  /** Number of classes. */
  classes: Scalars['Int']['output'];
  /** The part of a photo that the model sees: the central square whose side is this share of the shorter side, from 0 to 1. */
  cropFraction: Scalars['Float']['output'];
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
  /** Names after whose answers this version runs too, to be compared, with the share of requests. */
  shadows: Array<AliasShare>;
  /** Those names, each with the share of its requests that falls to this version. */
  shares: Array<AliasShare>;
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
  /** What the class is a kind of by WordNet, nearest first. */
  ancestors: Array<Ancestor>;
  /** Position of the class in the model's output, from 0. */
  classIndex: Scalars['Int']['output'];
  /** Probability by the model's softmax, from 0 to 1. */
  confidence: Scalars['Float']['output'];
  /** Where the model saw the class: its class activation map, by the first model of an ensemble that knows the class. Counts as one pass through a network against what a request may cost; null, with an error, past it. */
  heatmap?: Maybe<Scalars['DataUrl']['output']>;
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
export type PredictionAncestorsArgs = {
  locale?: InputMaybe<Locale>;
};


/** One class and its probability. */
export type PredictionHeatmapArgs = {
  size?: InputMaybe<Scalars['Int']['input']>;
  style?: InputMaybe<HeatmapStyle>;
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
  /** Says what each of several photos shows, in their order. One bad image spoils no other. */
  classifyMany: Array<ClassifyResult>;
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
  models?: InputMaybe<Array<Scalars['String']['input']>>;
  threshold?: InputMaybe<Scalars['Float']['input']>;
  topK?: InputMaybe<Scalars['Int']['input']>;
};


/** Everything that can be asked. */
export type QueryClassifyManyArgs = {
  images: Array<ImageInput>;
  locale?: InputMaybe<Locale>;
  model?: InputMaybe<Scalars['String']['input']>;
  models?: InputMaybe<Array<Scalars['String']['input']>>;
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

/** Times in milliseconds, for local runs only: the clock of a deployed Worker stands still while it computes, so that these are 0 there. Sums over the models of an ensemble; 0 for what came from the cache. */
export type Timing = {
  __typename?: 'Timing';
  /** From bytes to pixels. */
  decodeMs: Scalars['Float']['output'];
  /** From tensor to logits, loading the model where it was not in memory included. */
  inferenceMs: Scalars['Float']['output'];
  /** From pixels to the model's input tensor. */
  preprocessMs: Scalars['Float']['output'];
  /** All of it. */
  totalMs: Scalars['Float']['output'];
  /** Until the images before this one were done. */
  waitMs: Scalars['Float']['output'];
};

/** What one model says by itself. */
export type Vote = {
  __typename?: 'Vote';
  /** The model. */
  model: ModelVersion;
  /** Its most probable class. */
  prediction: Prediction;
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



/** Mapping of union types */
export type ResolversUnionTypes<_RefType extends Record<string, unknown>> = {
  ClassifyResult:
    | ( ClassificationParent )
    | ( ImageProblemParent )
  ;
};


/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  AliasShare: ResolverTypeWrapper<AliasShare>;
  Ancestor: ResolverTypeWrapper<AncestorParent>;
  Answer: ResolverTypeWrapper<AnswerParent>;
  AnswerKind: AnswerKind;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  ClassThreshold: ResolverTypeWrapper<ClassThreshold>;
  Classification: ResolverTypeWrapper<ClassificationParent>;
  ClassifyResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['ClassifyResult']>;
  DataUrl: ResolverTypeWrapper<Scalars['DataUrl']['output']>;
  File: ResolverTypeWrapper<Scalars['File']['output']>;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  HeatmapStyle: HeatmapStyle;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  ImageFormat: ImageFormat;
  ImageInfo: ResolverTypeWrapper<ImageInfoParent>;
  ImageInput: ImageInput;
  ImageProblem: ResolverTypeWrapper<ImageProblemParent>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  Label: ResolverTypeWrapper<LabelParent>;
  LabelConnection: ResolverTypeWrapper<Omit<LabelConnection, 'edges' | 'nodes'> & { edges: Array<ResolversTypes['LabelEdge']>, nodes: Array<ResolversTypes['Label']> }>;
  LabelEdge: ResolverTypeWrapper<Omit<LabelEdge, 'node'> & { node: ResolversTypes['Label'] }>;
  Locale: Locale;
  ModelCalibration: ResolverTypeWrapper<ModelCalibration>;
  ModelMetric: ResolverTypeWrapper<ModelMetric>;
  ModelVersion: ResolverTypeWrapper<ModelVersionParent>;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Prediction: ResolverTypeWrapper<PredictionParent>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Receipt: ResolverTypeWrapper<Scalars['Receipt']['output']>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  Timing: ResolverTypeWrapper<Timing>;
  Vote: ResolverTypeWrapper<VoteParent>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  AliasShare: AliasShare;
  Ancestor: AncestorParent;
  Answer: AnswerParent;
  Boolean: Scalars['Boolean']['output'];
  ClassThreshold: ClassThreshold;
  Classification: ClassificationParent;
  ClassifyResult: ResolversUnionTypes<ResolversParentTypes>['ClassifyResult'];
  DataUrl: Scalars['DataUrl']['output'];
  File: Scalars['File']['output'];
  Float: Scalars['Float']['output'];
  ID: Scalars['ID']['output'];
  ImageInfo: ImageInfoParent;
  ImageInput: ImageInput;
  ImageProblem: ImageProblemParent;
  Int: Scalars['Int']['output'];
  Label: LabelParent;
  LabelConnection: Omit<LabelConnection, 'edges' | 'nodes'> & { edges: Array<ResolversParentTypes['LabelEdge']>, nodes: Array<ResolversParentTypes['Label']> };
  LabelEdge: Omit<LabelEdge, 'node'> & { node: ResolversParentTypes['Label'] };
  ModelCalibration: ModelCalibration;
  ModelMetric: ModelMetric;
  ModelVersion: ModelVersionParent;
  PageInfo: PageInfo;
  Prediction: PredictionParent;
  Query: Record<PropertyKey, never>;
  Receipt: Scalars['Receipt']['output'];
  String: Scalars['String']['output'];
  Timing: Timing;
  Vote: VoteParent;
};

export type AliasShareResolvers<ContextType = ResolverContext, ParentType extends ResolversParentTypes['AliasShare'] = ResolversParentTypes['AliasShare']> = {
  alias?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  share?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type AncestorResolvers<ContextType = ResolverContext, ParentType extends ResolversParentTypes['Ancestor'] = ResolversParentTypes['Ancestor']> = {
  aliases?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  label?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  synset?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type AnswerResolvers<ContextType = ResolverContext, ParentType extends ResolversParentTypes['Answer'] = ResolversParentTypes['Answer']> = {
  confidence?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['AnswerKind'], ParentType, ContextType>;
  label?: Resolver<ResolversTypes['String'], ParentType, ContextType, Partial<AnswerLabelArgs>>;
  synset?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
};

export type ClassThresholdResolvers<ContextType = ResolverContext, ParentType extends ResolversParentTypes['ClassThreshold'] = ResolversParentTypes['ClassThreshold']> = {
  synset?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  threshold?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type ClassificationResolvers<ContextType = ResolverContext, ParentType extends ResolversParentTypes['Classification'] = ResolversParentTypes['Classification']> = {
  answer?: Resolver<ResolversTypes['Answer'], ParentType, ContextType>;
  answers?: Resolver<Array<ResolversTypes['Answer']>, ParentType, ContextType>;
  cached?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  embedding?: Resolver<Maybe<Array<ResolversTypes['Float']>>, ParentType, ContextType>;
  image?: Resolver<ResolversTypes['ImageInfo'], ParentType, ContextType>;
  model?: Resolver<ResolversTypes['ModelVersion'], ParentType, ContextType>;
  predictions?: Resolver<Array<ResolversTypes['Prediction']>, ParentType, ContextType>;
  receipt?: Resolver<ResolversTypes['Receipt'], ParentType, ContextType>;
  timing?: Resolver<ResolversTypes['Timing'], ParentType, ContextType>;
  votes?: Resolver<Array<ResolversTypes['Vote']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ClassifyResultResolvers<ContextType = ResolverContext, ParentType extends ResolversParentTypes['ClassifyResult'] = ResolversParentTypes['ClassifyResult']> = {
  __resolveType: TypeResolveFn<'Classification' | 'ImageProblem', ParentType, ContextType>;
};

export interface DataUrlScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DataUrl'], any> {
  name: 'DataUrl';
}

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

export type ImageProblemResolvers<ContextType = ResolverContext, ParentType extends ResolversParentTypes['ImageProblem'] = ResolversParentTypes['ImageProblem']> = {
  code?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
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

export type ModelCalibrationResolvers<ContextType = ResolverContext, ParentType extends ResolversParentTypes['ModelCalibration'] = ResolversParentTypes['ModelCalibration']> = {
  classThresholds?: Resolver<Array<ResolversTypes['ClassThreshold']>, ParentType, ContextType>;
  dataset?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  images?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  targetPrecision?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  temperature?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
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
  calibration?: Resolver<Maybe<ResolversTypes['ModelCalibration']>, ParentType, ContextType>;
  classes?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  cropFraction?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  inputSize?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  licence?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  metrics?: Resolver<Array<ResolversTypes['ModelMetric']>, ParentType, ContextType>;
  recommendedThreshold?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  sha256?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  shadows?: Resolver<Array<ResolversTypes['AliasShare']>, ParentType, ContextType>;
  shares?: Resolver<Array<ResolversTypes['AliasShare']>, ParentType, ContextType>;
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
  ancestors?: Resolver<Array<ResolversTypes['Ancestor']>, ParentType, ContextType, Partial<PredictionAncestorsArgs>>;
  classIndex?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  confidence?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  heatmap?: Resolver<Maybe<ResolversTypes['DataUrl']>, ParentType, ContextType, RequireFields<PredictionHeatmapArgs, 'size' | 'style'>>;
  label?: Resolver<ResolversTypes['String'], ParentType, ContextType, Partial<PredictionLabelArgs>>;
  rank?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  synset?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type QueryResolvers<ContextType = ResolverContext, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  classify?: Resolver<ResolversTypes['Classification'], ParentType, ContextType, RequireFields<QueryClassifyArgs, 'image' | 'locale' | 'topK'>>;
  classifyMany?: Resolver<Array<ResolversTypes['ClassifyResult']>, ParentType, ContextType, RequireFields<QueryClassifyManyArgs, 'images' | 'locale' | 'topK'>>;
  inspectImage?: Resolver<ResolversTypes['ImageInfo'], ParentType, ContextType, RequireFields<QueryInspectImageArgs, 'image'>>;
  labels?: Resolver<ResolversTypes['LabelConnection'], ParentType, ContextType, RequireFields<QueryLabelsArgs, 'first' | 'locale'>>;
  models?: Resolver<Array<ResolversTypes['ModelVersion']>, ParentType, ContextType>;
};

export interface ReceiptScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Receipt'], any> {
  name: 'Receipt';
}

export type TimingResolvers<ContextType = ResolverContext, ParentType extends ResolversParentTypes['Timing'] = ResolversParentTypes['Timing']> = {
  decodeMs?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  inferenceMs?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  preprocessMs?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  totalMs?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  waitMs?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type VoteResolvers<ContextType = ResolverContext, ParentType extends ResolversParentTypes['Vote'] = ResolversParentTypes['Vote']> = {
  model?: Resolver<ResolversTypes['ModelVersion'], ParentType, ContextType>;
  prediction?: Resolver<ResolversTypes['Prediction'], ParentType, ContextType>;
};

export type Resolvers<ContextType = ResolverContext> = {
  AliasShare?: AliasShareResolvers<ContextType>;
  Ancestor?: AncestorResolvers<ContextType>;
  Answer?: AnswerResolvers<ContextType>;
  ClassThreshold?: ClassThresholdResolvers<ContextType>;
  Classification?: ClassificationResolvers<ContextType>;
  ClassifyResult?: ClassifyResultResolvers<ContextType>;
  DataUrl?: GraphQLScalarType;
  File?: GraphQLScalarType;
  ImageInfo?: ImageInfoResolvers<ContextType>;
  ImageProblem?: ImageProblemResolvers<ContextType>;
  Label?: LabelResolvers<ContextType>;
  LabelConnection?: LabelConnectionResolvers<ContextType>;
  LabelEdge?: LabelEdgeResolvers<ContextType>;
  ModelCalibration?: ModelCalibrationResolvers<ContextType>;
  ModelMetric?: ModelMetricResolvers<ContextType>;
  ModelVersion?: ModelVersionResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  Prediction?: PredictionResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  Receipt?: GraphQLScalarType;
  Timing?: TimingResolvers<ContextType>;
  Vote?: VoteResolvers<ContextType>;
};

