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
  /** A PNG as a data URL (data:image/png;base64,…). */
  DataUrl: { input: string; output: string; }
  /** A file in a multipart request. See the GraphQL multipart request specification. */
  File: { input: Blob | Uint8Array; output: never; }
  /** A JSON document with the SHA-256 of the image; the id, version, SHA-256, and engine of each model; the SHA-256 of its preprocessing; the parameters; and the predictions. Check one with 'npm run replay'. */
  Receipt: { input: Receipt; output: Receipt; }
};

/** An alias, and a share of its requests. */
export type AliasShare = {
  __typename?: 'AliasShare';
  /** The alias. */
  alias: Scalars['String']['output'];
  /** From 0 to 1. */
  share: Scalars['Float']['output'];
};

/** A kind of thing that classes belong to. */
export type Ancestor = {
  __typename?: 'Ancestor';
  /** Other names. */
  aliases: Array<Scalars['String']['output']>;
  /** Id of the kind. For WordNet's kinds it is the synset. */
  id: Scalars['ID']['output'];
  /** Display name. */
  label: Scalars['String']['output'];
  /** WordNet 3.0 noun, as ImageNet writes it. Null if it is not known. */
  synset?: Maybe<Scalars['ID']['output']>;
};

/** The first prediction if it reaches the threshold; otherwise the most specific ancestor whose classes reach it together; otherwise UNKNOWN. Always UNKNOWN if the image is unlike the model's photos. */
export type Answer = {
  __typename?: 'Answer';
  /** Probability of the class, or the sum over the ancestor's classes, from 0 to 1. Null if the kind is UNKNOWN. */
  confidence?: Maybe<Scalars['Float']['output']>;
  /** Id of the class or ancestor. Null if the kind is UNKNOWN. */
  id?: Maybe<Scalars['ID']['output']>;
  /** What sort of answer it is. */
  kind: AnswerKind;
  /** Display name of the class or ancestor. 'unknown' or '无法确定' if the kind is UNKNOWN. */
  label: Scalars['String']['output'];
  /** WordNet 3.0 noun, as ImageNet writes it. Null if it is not known. */
  synset?: Maybe<Scalars['ID']['output']>;
};


/** The first prediction if it reaches the threshold; otherwise the most specific ancestor whose classes reach it together; otherwise UNKNOWN. Always UNKNOWN if the image is unlike the model's photos. */
export type AnswerLabelArgs = {
  locale?: InputMaybe<Locale>;
};

/** What sort of answer it is. */
export type AnswerKind =
  /** No class reached the threshold, but a kind of thing that several classes belong to did. */
  | 'ANCESTOR'
  /** One of the model's classes. */
  | 'CLASS'
  /** Not even a kind of thing reached the threshold, or the image is unlike the model's photos (Classification.familiar). */
  | 'UNKNOWN';

/** The threshold of one class. */
export type ClassThreshold = {
  __typename?: 'ClassThreshold';
  /** Id of the class. */
  id: Scalars['ID']['output'];
  /** WordNet 3.0 noun, as ImageNet writes it. Null if it is not known. */
  synset?: Maybe<Scalars['ID']['output']>;
  /** Confidence that the class must reach to be the answer if a query gives no threshold. */
  threshold: Scalars['Float']['output'];
};

/** What a model says about a photo. */
export type Classification = {
  __typename?: 'Classification';
  /** The single best answer. */
  answer: Answer;
  /** Every answer that a threshold could lead to, most specific first, each more probable than the ones before it. The answer at a threshold is the first one that reaches it. The first entry is the most probable class. Empty if familiar is false. */
  answers: Array<Answer>;
  /** Whether the networks' outputs came from the cache. Send 'Cache-Control: no-store' to bypass it. */
  cached: Scalars['Boolean']['output'];
  /** The mean of the model's last feature maps, scaled to unit length (L2), for similarity search. Null if the model was published without it. For an ensemble, the embedding of its first model. */
  embedding?: Maybe<Array<Scalars['Float']['output']>>;
  /** The heat map of a class as 'heatmap' draws it, with the model that drew it and the part of the photo that it shows. With TILES it is the tile in which that model found the class most probable. Counts as one pass through a network toward the limit of a request; null, with an error, if it exceeds the limit. */
  explain?: Maybe<Explanation>;
  /** Whether the image looks like the photos that the model was evaluated on. If it does not, as with noise or a page of text, the answer is UNKNOWN at any threshold. Null if the model cannot tell. For an ensemble, whether it is familiar to one of its models. */
  familiar?: Maybe<Scalars['Boolean']['output']>;
  /** Where the model saw a class, whether it is among the predictions or not: the class activation map of the first model that has the class. Counts as one pass through a network toward the limit of a request. */
  heatmap?: Maybe<Scalars['DataUrl']['output']>;
  /** What the photo's header says. */
  image: ImageInfo;
  /** The model that answered. For an ensemble, its first model. */
  model: ModelVersion;
  /** At most topK classes, the most probable first, each with a confidence at or above the threshold. */
  predictions: Array<Prediction>;
  /** Everything that is needed to reproduce the predictions. */
  receipt: Scalars['Receipt']['output'];
  /** The parts of the photo that the network saw: one for CROP and WHOLE, one for each tile for TILES. For an ensemble, what its first model saw. */
  regions: Array<Region>;
  /** Where the time went. */
  timing: Timing;
  /** What each model says on its own, in the order you named them. */
  votes: Array<Vote>;
};


/** What a model says about a photo. */
export type ClassificationExplainArgs = {
  id: Scalars['ID']['input'];
  size?: InputMaybe<Scalars['Int']['input']>;
  style?: InputMaybe<HeatmapStyle>;
};


/** What a model says about a photo. */
export type ClassificationHeatmapArgs = {
  id: Scalars['ID']['input'];
  size?: InputMaybe<Scalars['Int']['input']>;
  style?: InputMaybe<HeatmapStyle>;
};

/** The result for one of several images: a classification, or the reason why there is none. */
export type ClassifyResult = Classification | ImageProblem;

/** What runs a network. The engines' confidences differ slightly. */
export type Engine =
  /** LiteRT, which is faster and runs the models that have a file for it. */
  | 'LITERT'
  /** ONNX Runtime, which runs every model. */
  | 'ONNXRUNTIME';

/** Where a model saw a class. */
export type Explanation = {
  __typename?: 'Explanation';
  /** The class activation map as a picture. */
  heatmap: Scalars['DataUrl']['output'];
  /** The model that drew it: the first one that answered and has the class. */
  model: ModelVersion;
  /** The part of the photo that the picture shows. */
  region: Region;
};

/** Which part of a photo the network sees. */
export type Framing =
  /** What the model's manifest says: for most models the square in the middle, without the edges. */
  | 'CROP'
  /** Squares along the longer side of the photo, at most 5 of them. They overlap as long as 5 can cover the photo. The predictions are those of the square in which the network is most sure. Each one counts as a pass through the network toward the limit of a request. */
  | 'TILES'
  /** The whole photo, made smaller to fit into the model's input. The rest of the input is filled with the mean color. */
  | 'WHOLE';

/** How a heat map is drawn. */
export type HeatmapStyle =
  /** On its own, to lay over the photo: colored, and more opaque where the model paid more attention. */
  | 'MASK'
  /** Over the part of the photo that the model saw. */
  | 'OVERLAY';

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

/** What the header of an image says. */
export type ImageInfo = {
  __typename?: 'ImageInfo';
  /** Size of the file in bytes. */
  bytes: Scalars['Int']['output'];
  /** Whether 'classify' would decode the image, judging by its header. */
  decodable: Scalars['Boolean']['output'];
  /** Estimated peak memory of decoding it, in bytes. */
  estimatedDecodeBytes: Scalars['Float']['output'];
  /** Format, detected from the content. */
  format: ImageFormat;
  /** Number of frames. The first one is classified. */
  frames: Scalars['Int']['output'];
  /** Stored height in pixels, before the orientation is applied. */
  height: Scalars['Int']['output'];
  /** EXIF orientation, or AVIF's rotation and mirroring combined: 1 to 8. 1 is upright. */
  orientation: Scalars['Int']['output'];
  /** Why it would not, with the limit and the value. Null if it would. */
  problem?: Maybe<Scalars['String']['output']>;
  /** SHA-256 of the file, in hexadecimal. */
  sha256: Scalars['String']['output'];
  /** Stored width in pixels, before the orientation is applied. */
  width: Scalars['Int']['output'];
};

/** One image, given in exactly one way. */
export type ImageInput =
  /** The bytes in Base64, plain or as a data URL. The MIME type of a data URL is ignored: the content decides. */
  { base64: Scalars['String']['input']; key?: never; upload?: never; url?: never; }
  |  /** Key of an object in the service's own image bucket. */
  { base64?: never; key: Scalars['String']['input']; upload?: never; url?: never; }
  |  /** A file in a multipart request. */
  { base64?: never; key?: never; upload: Scalars['File']['input']; url?: never; }
  |  /** A public http or https URL. The service fetches it, following at most 3 redirects, within 5 seconds. */
  { base64?: never; key?: never; upload?: never; url: Scalars['String']['input']; };

/** Why one of several images was not classified. */
export type ImageProblem = {
  __typename?: 'ImageProblem';
  /** An error code, as in 'extensions.code' of an error. */
  code: Scalars['String']['output'];
  /** What happened, why, and how to fix it. */
  message: Scalars['String']['output'];
};

/** A class of a model. */
export type Label = {
  __typename?: 'Label';
  /** Other names. */
  aliases: Array<Scalars['String']['output']>;
  /** Position of the class in the model's output, starting at 0. */
  classIndex: Scalars['Int']['output'];
  /** Id of the class, unique within a model. For ImageNet's classes it is the synset. */
  id: Scalars['ID']['output'];
  /** Display name. */
  label: Scalars['String']['output'];
  /** WordNet 3.0 noun that the class stands for, as ImageNet writes it (n02123045). Null if it is not known. */
  synset?: Maybe<Scalars['ID']['output']>;
};


/** A class of a model. */
export type LabelAliasesArgs = {
  locale?: InputMaybe<Locale>;
};


/** A class of a model. */
export type LabelLabelArgs = {
  locale?: InputMaybe<Locale>;
};

/** A page of labels (a Relay connection). */
export type LabelConnection = {
  __typename?: 'LabelConnection';
  /** The entries of the page with their cursors. */
  edges: Array<LabelEdge>;
  /** The entries of the page. */
  nodes: Array<Label>;
  /** How to get the next page. */
  pageInfo: PageInfo;
  /** Number of matching classes on all pages. */
  totalCount: Scalars['Int']['output'];
};

/** A label on a page. */
export type LabelEdge = {
  __typename?: 'LabelEdge';
  /** Opaque. Pass it as 'after'. */
  cursor: Scalars['String']['output'];
  /** The label. */
  node: Label;
};

/** Languages of labels. */
export type Locale =
  /** English. */
  | 'EN'
  /** Simplified Chinese. */
  | 'ZH';

/** How a model's confidences are calibrated. */
export type ModelCalibration = {
  __typename?: 'ModelCalibration';
  /** Classes with their own threshold, which replaces the recommended one. */
  classThresholds: Array<ClassThreshold>;
  /** The photos that the temperature and thresholds were fitted on. */
  dataset: Scalars['String']['output'];
  /** Number of photos. */
  images: Scalars['Int']['output'];
  /** Fraction of right answers that the thresholds were chosen for, from 0 to 1. Null if no threshold reaches it. */
  targetPrecision?: Maybe<Scalars['Float']['output']>;
  /** The network's logits are divided by it before the softmax. */
  temperature: Scalars['Float']['output'];
};

/** One measured figure of a model. Rates are in percent. */
export type ModelMetric = {
  __typename?: 'ModelMetric';
  /** Evaluation set. */
  dataset: Scalars['String']['output'];
  /** Name of the figure. */
  name: Scalars['String']['output'];
  /** Value. */
  value: Scalars['Float']['output'];
};

/** The origin of a model that resnet-edge trained. */
export type ModelTraining = {
  __typename?: 'ModelTraining';
  /** The model whose weights training started from, as id@version. */
  base: Scalars['String']['output'];
  /** Number of classes of the photos. */
  classes: Scalars['Int']['output'];
  /** Whether the base had int8 weights only. */
  fromInt8: Scalars['Boolean']['output'];
  /** How it was trained. */
  method: TrainingMethod;
  /** Short facts on how it was trained, such as epochs, seed or teacher. */
  settings: Array<TrainingSetting>;
  /** Number of photos that were used for the figures only. */
  testPhotos: Scalars['Int']['output'];
  /** Number of photos that were trained on. */
  trainingPhotos: Scalars['Int']['output'];
  /** Number of photos that were used to choose the best weights. */
  validationPhotos: Scalars['Int']['output'];
};

/** One published version of a model. It never changes. */
export type ModelVersion = {
  __typename?: 'ModelVersion';
  /** Aliases that stand for this version now. */
  aliases: Array<Scalars['String']['output']>;
  /** Name of the network's architecture. */
  architecture: Scalars['String']['output'];
  /** Size of the model file in bytes. */
  bytes: Scalars['Int']['output'];
  /** How the model's confidences were calibrated. Null if they are the network's own. */
  calibration?: Maybe<ModelCalibration>;
  /** Number of classes. */
  classes: Scalars['Int']['output'];
  /** How much of a photo the model sees: a centered square whose side is this fraction of the photo's shorter side, from 0 to 1; 1 if it sees the whole photo. */
  cropFraction: Scalars['Float']['output'];
  /** The engine that ran the model for this answer. Null if nothing was run, as in 'models'. */
  engine?: Maybe<Engine>;
  /** Id of the model. */
  id: Scalars['ID']['output'];
  /** Side of the input in pixels; the longer one if it is not square. */
  inputSize: Scalars['Int']['output'];
  /** License of the weights. */
  licence: Scalars['String']['output'];
  /** Measured figures. */
  metrics: Array<ModelMetric>;
  /** Confidence that the answer must reach if a query gives no threshold. */
  recommendedThreshold: Scalars['Float']['output'];
  /** SHA-256 of the model file, in hexadecimal. */
  sha256: Scalars['String']['output'];
  /** Aliases for which this version runs as a shadow, after the answer, with the share of requests. */
  shadows: Array<AliasShare>;
  /** The same aliases, each with the share of its requests that this version answers. */
  shares: Array<AliasShare>;
  /** Where the weights come from. */
  source: Scalars['String']['output'];
  /** What the model was trained from, on how many photos, and how. Null if resnet-edge did not train it. */
  training?: Maybe<ModelTraining>;
  /** Semantic version. */
  version: Scalars['String']['output'];
};

/** Position of a page in the list (Relay). */
export type PageInfo = {
  __typename?: 'PageInfo';
  /** Cursor of the last entry. Null on an empty page. */
  endCursor?: Maybe<Scalars['String']['output']>;
  /** Whether more entries follow. */
  hasNextPage: Scalars['Boolean']['output'];
  /** Whether there are entries before. */
  hasPreviousPage: Scalars['Boolean']['output'];
  /** Cursor of the first entry. Null on an empty page. */
  startCursor?: Maybe<Scalars['String']['output']>;
};

/** One class and its probability. */
export type Prediction = {
  __typename?: 'Prediction';
  /** Other names of the class. */
  aliases: Array<Scalars['String']['output']>;
  /** What the class is a kind of, nearest first: according to WordNet if its synset is known, otherwise according to the model. Empty if neither knows. */
  ancestors: Array<Ancestor>;
  /** Position of the class in the model's output, starting at 0. */
  classIndex: Scalars['Int']['output'];
  /** Probability according to the model's softmax, from 0 to 1. */
  confidence: Scalars['Float']['output'];
  /** Where the model saw the class: its class activation map. For an ensemble, the map of its first model that has the class. Counts as one pass through a network toward the limit of a request; null, with an error, if it exceeds the limit. */
  heatmap?: Maybe<Scalars['DataUrl']['output']>;
  /** Id of the class, unique within a model. For ImageNet's classes it is the synset. */
  id: Scalars['ID']['output'];
  /** Display name of the class. */
  label: Scalars['String']['output'];
  /** 1 for the most probable class. */
  rank: Scalars['Int']['output'];
  /** WordNet 3.0 noun that the class stands for, as ImageNet writes it (n02123045). Null if it is not known. */
  synset?: Maybe<Scalars['ID']['output']>;
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

/** Entry points of the API. */
export type Query = {
  __typename?: 'Query';
  /** Classifies a photo. */
  classify: Classification;
  /** Classifies several photos and returns the results in the same order. A bad image does not affect the others. */
  classifyMany: Array<ClassifyResult>;
  /** Reads the header of an image without decoding it. */
  inspectImage: ImageInfo;
  /** The classes of a model in the order of its output, page by page. */
  labels: LabelConnection;
  /** All published model versions, sorted by id and version. */
  models: Array<ModelVersion>;
};


/** Entry points of the API. */
export type QueryClassifyArgs = {
  framing?: InputMaybe<Framing>;
  image: ImageInput;
  locale?: InputMaybe<Locale>;
  model?: InputMaybe<Scalars['String']['input']>;
  models?: InputMaybe<Array<Scalars['String']['input']>>;
  threshold?: InputMaybe<Scalars['Float']['input']>;
  topK?: InputMaybe<Scalars['Int']['input']>;
};


/** Entry points of the API. */
export type QueryClassifyManyArgs = {
  framing?: InputMaybe<Framing>;
  images: Array<ImageInput>;
  locale?: InputMaybe<Locale>;
  model?: InputMaybe<Scalars['String']['input']>;
  models?: InputMaybe<Array<Scalars['String']['input']>>;
  threshold?: InputMaybe<Scalars['Float']['input']>;
  topK?: InputMaybe<Scalars['Int']['input']>;
};


/** Entry points of the API. */
export type QueryInspectImageArgs = {
  image: ImageInput;
};


/** Entry points of the API. */
export type QueryLabelsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  locale?: InputMaybe<Locale>;
  model?: InputMaybe<Scalars['String']['input']>;
  search?: InputMaybe<Scalars['String']['input']>;
};

/** A rectangle in fractions of the upright photo, from 0 to 1. The origin is the top left corner. */
export type Region = {
  __typename?: 'Region';
  /** As a fraction of the photo's height. */
  height: Scalars['Float']['output'];
  /** As a fraction of the photo's width. */
  width: Scalars['Float']['output'];
  /** Distance of the left side from that of the photo, as a fraction of the photo's width. */
  x: Scalars['Float']['output'];
  /** Distance of the top side from that of the photo, as a fraction of the photo's height. */
  y: Scalars['Float']['output'];
};

/** Times in milliseconds. Useful only locally: the clock of a deployed Worker stands still while it computes, so these are 0 there. For an ensemble, sums over its models; 0 for results from the cache. */
export type Timing = {
  __typename?: 'Timing';
  /** From bytes to pixels. */
  decodeMs: Scalars['Float']['output'];
  /** From tensor to logits, including loading the model if it was not in memory. */
  inferenceMs: Scalars['Float']['output'];
  /** From pixels to the model's input tensor. */
  preprocessMs: Scalars['Float']['output'];
  /** The sum of the stages. */
  totalMs: Scalars['Float']['output'];
  /** Waiting for the images ahead in the queue. */
  waitMs: Scalars['Float']['output'];
};

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

/** One fact on how a model was trained. */
export type TrainingSetting = {
  __typename?: 'TrainingSetting';
  /** Name of the setting. */
  name: Scalars['String']['output'];
  /** Its value. */
  value: Scalars['String']['output'];
};

/** What one model says on its own. */
export type Vote = {
  __typename?: 'Vote';
  /** The model. */
  model: ModelVersion;
  /** Its most probable class. */
  prediction: Prediction;
  /** The parts of the photo that it saw. */
  regions: Array<Region>;
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
  Engine: Engine;
  Explanation: ResolverTypeWrapper<Omit<Explanation, 'model'> & { model: ResolversTypes['ModelVersion'] }>;
  File: ResolverTypeWrapper<Scalars['File']['output']>;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  Framing: Framing;
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
  ModelTraining: ResolverTypeWrapper<ModelTraining>;
  ModelVersion: ResolverTypeWrapper<ModelVersionParent>;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Prediction: ResolverTypeWrapper<PredictionParent>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Receipt: ResolverTypeWrapper<Scalars['Receipt']['output']>;
  Region: ResolverTypeWrapper<Region>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  Timing: ResolverTypeWrapper<Timing>;
  TrainingMethod: TrainingMethod;
  TrainingSetting: ResolverTypeWrapper<TrainingSetting>;
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
  Explanation: Omit<Explanation, 'model'> & { model: ResolversParentTypes['ModelVersion'] };
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
  ModelTraining: ModelTraining;
  ModelVersion: ModelVersionParent;
  PageInfo: PageInfo;
  Prediction: PredictionParent;
  Query: Record<PropertyKey, never>;
  Receipt: Scalars['Receipt']['output'];
  Region: Region;
  String: Scalars['String']['output'];
  Timing: Timing;
  TrainingSetting: TrainingSetting;
  Vote: VoteParent;
};

export type AliasShareResolvers<ContextType = ResolverContext, ParentType extends ResolversParentTypes['AliasShare'] = ResolversParentTypes['AliasShare']> = {
  alias?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  share?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type AncestorResolvers<ContextType = ResolverContext, ParentType extends ResolversParentTypes['Ancestor'] = ResolversParentTypes['Ancestor']> = {
  aliases?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  label?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  synset?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
};

export type AnswerResolvers<ContextType = ResolverContext, ParentType extends ResolversParentTypes['Answer'] = ResolversParentTypes['Answer']> = {
  confidence?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  id?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['AnswerKind'], ParentType, ContextType>;
  label?: Resolver<ResolversTypes['String'], ParentType, ContextType, Partial<AnswerLabelArgs>>;
  synset?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
};

export type ClassThresholdResolvers<ContextType = ResolverContext, ParentType extends ResolversParentTypes['ClassThreshold'] = ResolversParentTypes['ClassThreshold']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  synset?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  threshold?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type ClassificationResolvers<ContextType = ResolverContext, ParentType extends ResolversParentTypes['Classification'] = ResolversParentTypes['Classification']> = {
  answer?: Resolver<ResolversTypes['Answer'], ParentType, ContextType>;
  answers?: Resolver<Array<ResolversTypes['Answer']>, ParentType, ContextType>;
  cached?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  embedding?: Resolver<Maybe<Array<ResolversTypes['Float']>>, ParentType, ContextType>;
  explain?: Resolver<Maybe<ResolversTypes['Explanation']>, ParentType, ContextType, RequireFields<ClassificationExplainArgs, 'id' | 'size' | 'style'>>;
  familiar?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  heatmap?: Resolver<Maybe<ResolversTypes['DataUrl']>, ParentType, ContextType, RequireFields<ClassificationHeatmapArgs, 'id' | 'size' | 'style'>>;
  image?: Resolver<ResolversTypes['ImageInfo'], ParentType, ContextType>;
  model?: Resolver<ResolversTypes['ModelVersion'], ParentType, ContextType>;
  predictions?: Resolver<Array<ResolversTypes['Prediction']>, ParentType, ContextType>;
  receipt?: Resolver<ResolversTypes['Receipt'], ParentType, ContextType>;
  regions?: Resolver<Array<ResolversTypes['Region']>, ParentType, ContextType>;
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

export type ExplanationResolvers<ContextType = ResolverContext, ParentType extends ResolversParentTypes['Explanation'] = ResolversParentTypes['Explanation']> = {
  heatmap?: Resolver<ResolversTypes['DataUrl'], ParentType, ContextType>;
  model?: Resolver<ResolversTypes['ModelVersion'], ParentType, ContextType>;
  region?: Resolver<ResolversTypes['Region'], ParentType, ContextType>;
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

export type ImageProblemResolvers<ContextType = ResolverContext, ParentType extends ResolversParentTypes['ImageProblem'] = ResolversParentTypes['ImageProblem']> = {
  code?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type LabelResolvers<ContextType = ResolverContext, ParentType extends ResolversParentTypes['Label'] = ResolversParentTypes['Label']> = {
  aliases?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType, Partial<LabelAliasesArgs>>;
  classIndex?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  label?: Resolver<ResolversTypes['String'], ParentType, ContextType, Partial<LabelLabelArgs>>;
  synset?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
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

export type ModelTrainingResolvers<ContextType = ResolverContext, ParentType extends ResolversParentTypes['ModelTraining'] = ResolversParentTypes['ModelTraining']> = {
  base?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  classes?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  fromInt8?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  method?: Resolver<ResolversTypes['TrainingMethod'], ParentType, ContextType>;
  settings?: Resolver<Array<ResolversTypes['TrainingSetting']>, ParentType, ContextType>;
  testPhotos?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  trainingPhotos?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  validationPhotos?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type ModelVersionResolvers<ContextType = ResolverContext, ParentType extends ResolversParentTypes['ModelVersion'] = ResolversParentTypes['ModelVersion']> = {
  aliases?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  architecture?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  bytes?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  calibration?: Resolver<Maybe<ResolversTypes['ModelCalibration']>, ParentType, ContextType>;
  classes?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  cropFraction?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  engine?: Resolver<Maybe<ResolversTypes['Engine']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  inputSize?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  licence?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  metrics?: Resolver<Array<ResolversTypes['ModelMetric']>, ParentType, ContextType>;
  recommendedThreshold?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  sha256?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  shadows?: Resolver<Array<ResolversTypes['AliasShare']>, ParentType, ContextType>;
  shares?: Resolver<Array<ResolversTypes['AliasShare']>, ParentType, ContextType>;
  source?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  training?: Resolver<Maybe<ResolversTypes['ModelTraining']>, ParentType, ContextType>;
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
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  label?: Resolver<ResolversTypes['String'], ParentType, ContextType, Partial<PredictionLabelArgs>>;
  rank?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  synset?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
};

export type QueryResolvers<ContextType = ResolverContext, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  classify?: Resolver<ResolversTypes['Classification'], ParentType, ContextType, RequireFields<QueryClassifyArgs, 'framing' | 'image' | 'locale'>>;
  classifyMany?: Resolver<Array<ResolversTypes['ClassifyResult']>, ParentType, ContextType, RequireFields<QueryClassifyManyArgs, 'framing' | 'images' | 'locale'>>;
  inspectImage?: Resolver<ResolversTypes['ImageInfo'], ParentType, ContextType, RequireFields<QueryInspectImageArgs, 'image'>>;
  labels?: Resolver<ResolversTypes['LabelConnection'], ParentType, ContextType, RequireFields<QueryLabelsArgs, 'first' | 'locale'>>;
  models?: Resolver<Array<ResolversTypes['ModelVersion']>, ParentType, ContextType>;
};

export interface ReceiptScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Receipt'], any> {
  name: 'Receipt';
}

export type RegionResolvers<ContextType = ResolverContext, ParentType extends ResolversParentTypes['Region'] = ResolversParentTypes['Region']> = {
  height?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  width?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  x?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  y?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type TimingResolvers<ContextType = ResolverContext, ParentType extends ResolversParentTypes['Timing'] = ResolversParentTypes['Timing']> = {
  decodeMs?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  inferenceMs?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  preprocessMs?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  totalMs?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  waitMs?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type TrainingSettingResolvers<ContextType = ResolverContext, ParentType extends ResolversParentTypes['TrainingSetting'] = ResolversParentTypes['TrainingSetting']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  value?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type VoteResolvers<ContextType = ResolverContext, ParentType extends ResolversParentTypes['Vote'] = ResolversParentTypes['Vote']> = {
  model?: Resolver<ResolversTypes['ModelVersion'], ParentType, ContextType>;
  prediction?: Resolver<ResolversTypes['Prediction'], ParentType, ContextType>;
  regions?: Resolver<Array<ResolversTypes['Region']>, ParentType, ContextType>;
};

export type Resolvers<ContextType = ResolverContext> = {
  AliasShare?: AliasShareResolvers<ContextType>;
  Ancestor?: AncestorResolvers<ContextType>;
  Answer?: AnswerResolvers<ContextType>;
  ClassThreshold?: ClassThresholdResolvers<ContextType>;
  Classification?: ClassificationResolvers<ContextType>;
  ClassifyResult?: ClassifyResultResolvers<ContextType>;
  DataUrl?: GraphQLScalarType;
  Explanation?: ExplanationResolvers<ContextType>;
  File?: GraphQLScalarType;
  ImageInfo?: ImageInfoResolvers<ContextType>;
  ImageProblem?: ImageProblemResolvers<ContextType>;
  Label?: LabelResolvers<ContextType>;
  LabelConnection?: LabelConnectionResolvers<ContextType>;
  LabelEdge?: LabelEdgeResolvers<ContextType>;
  ModelCalibration?: ModelCalibrationResolvers<ContextType>;
  ModelMetric?: ModelMetricResolvers<ContextType>;
  ModelTraining?: ModelTrainingResolvers<ContextType>;
  ModelVersion?: ModelVersionResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  Prediction?: PredictionResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  Receipt?: GraphQLScalarType;
  Region?: RegionResolvers<ContextType>;
  Timing?: TimingResolvers<ContextType>;
  TrainingSetting?: TrainingSettingResolvers<ContextType>;
  Vote?: VoteResolvers<ContextType>;
};

