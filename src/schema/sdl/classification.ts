export const classificationSdl = /* GraphQL */ `
  "What a model says about a photo."
  type Classification {
    "At most topK classes, most probable first, each with a confidence of at least the threshold."
    predictions: [Prediction!]!
    "The one thing to say about the photo."
    answer: Answer!
    "What could be answered, most specific first and each more probable than those before: at a threshold, the first that reaches it is the answer. The first is the most probable class."
    answers: [Answer!]!
    "The model that answered; of an ensemble the first one."
    model: ModelVersion!
    "What each model says by itself, in the order asked."
    votes: [Vote!]!
    "The mean of the model's last feature maps, at unit length (L2), for similarity search; null where the model was published without it. Of an ensemble that of the first model."
    embedding: [Float!]
    "What it takes to reproduce the predictions."
    receipt: Receipt!
    "Whether the networks' outputs came from the cache. 'Cache-Control: no-store' in the request keeps it out of play."
    cached: Boolean!
    "The photo's header."
    image: ImageInfo!
    "Where the time went."
    timing: Timing!
  }

  "One of several images: a classification, or why there is none."
  union ClassifyResult = Classification | ImageProblem

  "Why one of several images was not classified."
  type ImageProblem {
    "As in extensions.code of an error."
    code: String!
    "What happened, why, and how to fix it."
    message: String!
  }

  "What one model says by itself."
  type Vote {
    "The model."
    model: ModelVersion!
    "Its most probable class."
    prediction: Prediction!
  }

  "A JSON document: SHA-256 of the image, id, version and SHA-256 of each model, SHA-256 of its preprocessing, the parameters, and the predictions. 'npm run replay' checks one."
  scalar Receipt

  "A PNG as a data URI (data:image/png;base64,…)."
  scalar DataUrl

  "How a heat map is drawn."
  enum HeatmapStyle {
    "Over the part of the photo that the model saw."
    OVERLAY
    "Alone: coloured, and as opaque as the model was attentive, to be laid over the photo."
    MASK
  }

  "One class and its probability."
  type Prediction {
    "1 for the most probable class."
    rank: Int!
    "Position of the class in the model's output, from 0."
    classIndex: Int!
    "ImageNet's id of the class: a WordNet 3.0 noun offset."
    synset: ID!
    "Display name of the class."
    label(
      "Language; without it that of the query."
      locale: Locale
    ): String!
    "Other names of the class."
    aliases(
      "Language; without it that of the query."
      locale: Locale
    ): [String!]!
    "Probability by the model's softmax, from 0 to 1."
    confidence: Float!
    "What the class is a kind of by WordNet, nearest first."
    ancestors(
      "Language; without it that of the query."
      locale: Locale
    ): [Ancestor!]!
    "Where the model saw the class: its class activation map, by the first model of an ensemble that knows the class. Counts as one pass through a network against what a request may cost; null, with an error, past it."
    heatmap(
      "Side of the square picture in pixels, from 32 to 512."
      size: Int = 224
      "Over the photo, or alone."
      style: HeatmapStyle = OVERLAY
    ): DataUrl
  }

  "A kind of thing in WordNet that several classes belong to."
  type Ancestor {
    "ImageNet's id: a WordNet 3.0 noun offset."
    synset: ID!
    "Display name."
    label: String!
    "Other names."
    aliases: [String!]!
  }

  "What an answer is."
  enum AnswerKind {
    "One of the model's classes."
    CLASS
    "No class reached the threshold, but a kind of thing did to which several classes belong."
    ANCESTOR
    "Not even a kind of thing reached the threshold."
    UNKNOWN
  }

  "The first prediction where it reaches the threshold, else the most specific ancestor whose classes reach it together, else UNKNOWN."
  type Answer {
    "What the answer is."
    kind: AnswerKind!
    "ImageNet's id of the class or ancestor; null where the kind is UNKNOWN."
    synset: ID
    "Display name of the class or ancestor; 'unknown' or '未知类别' where the kind is UNKNOWN."
    label(
      "Language; without it that of the query."
      locale: Locale
    ): String!
    "Probability of the class, or the sum over the ancestor's classes, from 0 to 1; null where the kind is UNKNOWN."
    confidence: Float
  }

  "Times in milliseconds, for local runs only: the clock of a deployed Worker stands still while it computes, so that these are 0 there. Sums over the models of an ensemble; 0 for what came from the cache."
  type Timing {
    "Until the images before this one were done."
    waitMs: Float!
    "From bytes to pixels."
    decodeMs: Float!
    "From pixels to the model's input tensor."
    preprocessMs: Float!
    "From tensor to logits, loading the model where it was not in memory included."
    inferenceMs: Float!
    "All of it."
    totalMs: Float!
  }
`;
