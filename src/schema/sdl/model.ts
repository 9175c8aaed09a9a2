export const modelSdl = /* GraphQL */ `
  "One published version of a model; it never changes."
  type ModelVersion {
    "Id of the model."
    id: ID!
    "Semantic version."
    version: String!
    "The names that mean this version at present."
    aliases: [String!]!
    "Those names, each with the share of its requests that falls to this version."
    shares: [AliasShare!]!
    "Names after whose answers this version runs too, to be compared, with the share of requests."
    shadows: [AliasShare!]!
    "Name of the network's architecture."
    architecture: String!
    "Number of classes."
    classes: Int!
    "Side of the square input in pixels."
    inputSize: Int!
    "The part of a photo that the model sees: the central square whose side is this share of the shorter side, from 0 to 1."
    cropFraction: Float!
    "Size of the model file in bytes."
    bytes: Int!
    "SHA-256 of the model file, in hexadecimal."
    sha256: String!
    "Licence of the weights."
    licence: String!
    "Where the weights come from."
    source: String!
    "Confidence that the answer must reach where a query gives no threshold."
    recommendedThreshold: Float!
    "How its confidences were made to mean what they say; null where they are the network's own."
    calibration: ModelCalibration
    "Measured figures."
    metrics: [ModelMetric!]!
  }

  "A name, and a share of its requests."
  type AliasShare {
    "The name."
    alias: String!
    "From 0 to 1."
    share: Float!
  }

  "How a model's confidences are made to mean what they say."
  type ModelCalibration {
    "The photos that it was fitted on."
    dataset: String!
    "How many they were."
    images: Int!
    "The network's logits are divided by it before the softmax."
    temperature: Float!
    "Share of right answers that the thresholds were chosen for, from 0 to 1; null where none reaches what was wanted."
    targetPrecision: Float
    "Classes with a threshold of their own, in place of the recommended one."
    classThresholds: [ClassThreshold!]!
  }

  "The threshold of one class."
  type ClassThreshold {
    "ImageNet's id of the class."
    synset: ID!
    "Confidence that it must reach to be the answer where a query gives no threshold."
    threshold: Float!
  }

  "One measured figure of a model; rates in percent."
  type ModelMetric {
    "The evaluation set."
    dataset: String!
    "What was measured."
    name: String!
    "The figure."
    value: Float!
  }
`;
