export const classificationSdl = /* GraphQL */ `
  "What a model says about a photo."
  type Classification {
    "At most topK classes, the most probable first, each with a confidence at or above the threshold."
    predictions: [Prediction!]!
    "The single best answer."
    answer: Answer!
    "Every answer that a threshold could lead to, most specific first, each more probable than the ones before it. The answer at a threshold is the first one that reaches it. The first entry is the most probable class."
    answers: [Answer!]!
    "The model that answered. For an ensemble, its first model."
    model: ModelVersion!
    "What each model says on its own, in the order you named them."
    votes: [Vote!]!
    "The mean of the model's last feature maps, scaled to unit length (L2), for similarity search. Null if the model was published without it. For an ensemble, the embedding of its first model."
    embedding: [Float!]
    "Everything that is needed to reproduce the predictions."
    receipt: Receipt!
    "Whether the networks' outputs came from the cache. Send 'Cache-Control: no-store' to bypass it."
    cached: Boolean!
    "What the photo's header says."
    image: ImageInfo!
    "Where the model saw a class, whether it is among the predictions or not: the class activation map of the first model that has the class. Counts as one pass through a network toward the limit of a request."
    heatmap(
      "Id of the class."
      id: ID!
      "Longer side of the picture in pixels, from 32 to 512. The picture is square if the model's input is square and the photo is not letterboxed or stretched."
      size: Int = 224
      "Over the photo, or alone."
      style: HeatmapStyle = OVERLAY
    ): DataUrl
    "The heat map of a class as 'heatmap' draws it, with the model that drew it and the part of the photo that it shows. With TILES it is the tile in which that model found the class most probable. Counts as one pass through a network toward the limit of a request; null, with an error, if it exceeds the limit."
    explain(
      "Id of the class."
      id: ID!
      "Longer side of the picture in pixels, from 32 to 512."
      size: Int = 224
      "Over the photo, or alone."
      style: HeatmapStyle = OVERLAY
    ): Explanation
    "The parts of the photo that the network saw: one for CROP and WHOLE, one for each tile for TILES. For an ensemble, what its first model saw."
    regions: [Region!]!
    "Where the time went."
    timing: Timing!
  }

  "The result for one of several images: a classification, or the reason why there is none."
  union ClassifyResult = Classification | ImageProblem

  "Why one of several images was not classified."
  type ImageProblem {
    "An error code, as in 'extensions.code' of an error."
    code: String!
    "What happened, why, and how to fix it."
    message: String!
  }

  "What one model says on its own."
  type Vote {
    "The model."
    model: ModelVersion!
    "Its most probable class."
    prediction: Prediction!
    "The parts of the photo that it saw."
    regions: [Region!]!
  }

  "A rectangle in fractions of the upright photo, from 0 to 1. The origin is the top left corner."
  type Region {
    "Distance of the left side from that of the photo, as a fraction of the photo's width."
    x: Float!
    "Distance of the top side from that of the photo, as a fraction of the photo's height."
    y: Float!
    "As a fraction of the photo's width."
    width: Float!
    "As a fraction of the photo's height."
    height: Float!
  }

  "Where a model saw a class."
  type Explanation {
    "The class activation map as a picture."
    heatmap: DataUrl!
    "The model that drew it: the first one that answered and has the class."
    model: ModelVersion!
    "The part of the photo that the picture shows."
    region: Region!
  }

  "A JSON document with the SHA-256 of the image; the id, version, SHA-256, and engine of each model; the SHA-256 of its preprocessing; the parameters; and the predictions. Check one with 'npm run replay'."
  scalar Receipt

  "A PNG as a data URL (data:image/png;base64,…)."
  scalar DataUrl

  "How a heat map is drawn."
  enum HeatmapStyle {
    "Over the part of the photo that the model saw."
    OVERLAY
    "On its own, to lay over the photo: colored, and more opaque where the model paid more attention."
    MASK
  }

  "One class and its probability."
  type Prediction {
    "1 for the most probable class."
    rank: Int!
    "Position of the class in the model's output, starting at 0."
    classIndex: Int!
    "Id of the class, unique within a model. For ImageNet's classes it is the synset."
    id: ID!
    "WordNet 3.0 noun that the class stands for, as ImageNet writes it (n02123045). Null if it is not known."
    synset: ID
    "Display name of the class."
    label(
      "Language. Defaults to the language of the query."
      locale: Locale
    ): String!
    "Other names of the class."
    aliases(
      "Language. Defaults to the language of the query."
      locale: Locale
    ): [String!]!
    "Probability according to the model's softmax, from 0 to 1."
    confidence: Float!
    "What the class is a kind of, nearest first: according to WordNet if its synset is known, otherwise according to the model. Empty if neither knows."
    ancestors(
      "Language. Defaults to the language of the query."
      locale: Locale
    ): [Ancestor!]!
    "Where the model saw the class: its class activation map. For an ensemble, the map of its first model that has the class. Counts as one pass through a network toward the limit of a request; null, with an error, if it exceeds the limit."
    heatmap(
      "Longer side of the picture in pixels, from 32 to 512. The picture is square if the model's input is square and the photo is not letterboxed or stretched."
      size: Int = 224
      "Over the photo, or alone."
      style: HeatmapStyle = OVERLAY
    ): DataUrl
  }

  "A kind of thing that classes belong to."
  type Ancestor {
    "Id of the kind. For WordNet's kinds it is the synset."
    id: ID!
    "WordNet 3.0 noun, as ImageNet writes it. Null if it is not known."
    synset: ID
    "Display name."
    label: String!
    "Other names."
    aliases: [String!]!
  }

  "What sort of answer it is."
  enum AnswerKind {
    "One of the model's classes."
    CLASS
    "No class reached the threshold, but a kind of thing that several classes belong to did."
    ANCESTOR
    "Not even a kind of thing reached the threshold."
    UNKNOWN
  }

  "The first prediction if it reaches the threshold; otherwise the most specific ancestor whose classes reach it together; otherwise UNKNOWN."
  type Answer {
    "What sort of answer it is."
    kind: AnswerKind!
    "Id of the class or ancestor. Null if the kind is UNKNOWN."
    id: ID
    "WordNet 3.0 noun, as ImageNet writes it. Null if it is not known."
    synset: ID
    "Display name of the class or ancestor. 'unknown' or '无法确定' if the kind is UNKNOWN."
    label(
      "Language. Defaults to the language of the query."
      locale: Locale
    ): String!
    "Probability of the class, or the sum over the ancestor's classes, from 0 to 1. Null if the kind is UNKNOWN."
    confidence: Float
  }

  "Times in milliseconds. Useful only locally: the clock of a deployed Worker stands still while it computes, so these are 0 there. For an ensemble, sums over its models; 0 for results from the cache."
  type Timing {
    "Waiting for the images ahead in the queue."
    waitMs: Float!
    "From bytes to pixels."
    decodeMs: Float!
    "From pixels to the model's input tensor."
    preprocessMs: Float!
    "From tensor to logits, including loading the model if it was not in memory."
    inferenceMs: Float!
    "The sum of the stages."
    totalMs: Float!
  }
`;
