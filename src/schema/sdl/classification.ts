export const classificationSdl = /* GraphQL */ `
  "What a model says about a photo."
  type Classification {
    "At most topK classes, most probable first, each with a confidence of at least the threshold."
    predictions: [Prediction!]!
    "The one thing to say about the photo."
    answer: Answer!
    "The model that answered."
    model: ModelVersion!
    "The photo's header."
    image: ImageInfo!
    "Where the time went."
    timing: Timing!
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
  }

  "What an answer is."
  enum AnswerKind {
    "One of the model's classes."
    CLASS
    "No class reached the threshold."
    UNKNOWN
  }

  "The first prediction where it reaches the threshold, else UNKNOWN."
  type Answer {
    "What the answer is."
    kind: AnswerKind!
    "ImageNet's id of the class; null where the kind is UNKNOWN."
    synset: ID
    "Display name of the class; 'unknown' or '未知类别' where the kind is UNKNOWN."
    label(
      "Language; without it that of the query."
      locale: Locale
    ): String!
    "Probability of the class, from 0 to 1; null where the kind is UNKNOWN."
    confidence: Float
  }

  "Times in milliseconds, for local runs only: the clock of a deployed Worker stands still while it computes, so that these are 0 there."
  type Timing {
    "From bytes to pixels."
    decodeMs: Float!
    "From pixels to the model's input tensor."
    preprocessMs: Float!
    "From tensor to logits, waiting for other images and for the loading of the model included."
    inferenceMs: Float!
    "All of it."
    totalMs: Float!
  }
`;
