export const modelSdl = /* GraphQL */ `
  "One published version of a model. It never changes."
  type ModelVersion {
    "Id of the model."
    id: ID!
    "Semantic version."
    version: String!
    "The engine that ran the model for this answer. Null if nothing was run, as in 'models'."
    engine: Engine
    "Aliases that stand for this version now."
    aliases: [String!]!
    "The same aliases, each with the share of its requests that this version answers."
    shares: [AliasShare!]!
    "Aliases for which this version runs as a shadow, after the answer, with the share of requests."
    shadows: [AliasShare!]!
    "Name of the network's architecture."
    architecture: String!
    "Number of classes."
    classes: Int!
    "Side of the input in pixels; the longer one if it is not square."
    inputSize: Int!
    "How much of a photo the model sees: a centered square whose side is this fraction of the photo's shorter side, from 0 to 1; 1 if it sees the whole photo."
    cropFraction: Float!
    "Size of the model file in bytes."
    bytes: Int!
    "SHA-256 of the model file, in hexadecimal."
    sha256: String!
    "License of the weights."
    licence: String!
    "Where the weights come from."
    source: String!
    "What the model was trained from, on how many photos, and how. Null if resnet-edge did not train it."
    training: ModelTraining
    "Confidence that the answer must reach if a query gives no threshold."
    recommendedThreshold: Float!
    "How the model's confidences were calibrated. Null if they are the network's own."
    calibration: ModelCalibration
    "Measured figures."
    metrics: [ModelMetric!]!
  }

  "The origin of a model that resnet-edge trained."
  type ModelTraining {
    "How it was trained."
    method: TrainingMethod!
    "The model whose weights training started from, as id@version."
    base: String!
    "Whether the base had int8 weights only."
    fromInt8: Boolean!
    "Number of photos that were trained on."
    trainingPhotos: Int!
    "Number of photos that were used to choose the best weights."
    validationPhotos: Int!
    "Number of photos that were used for the figures only."
    testPhotos: Int!
    "Number of classes of the photos."
    classes: Int!
    "Short facts on how it was trained, such as epochs, seed or teacher."
    settings: [TrainingSetting!]!
  }

  "How a model was trained."
  enum TrainingMethod {
    "The classifier and layers before it, from the base's weights."
    FINE_TUNING
    "The classifier alone."
    HEAD
    "Also from the answers of another model."
    DISTILLATION
    "The mean of the weights of several trained models."
    SOUP
  }

  "One fact on how a model was trained."
  type TrainingSetting {
    "Name of the setting."
    name: String!
    "Its value."
    value: String!
  }

  "What runs a network. The engines' confidences differ slightly."
  enum Engine {
    "ONNX Runtime, which runs every model."
    ONNXRUNTIME
    "LiteRT, which is faster and runs the models that have a file for it."
    LITERT
  }

  "An alias, and a share of its requests."
  type AliasShare {
    "The alias."
    alias: String!
    "From 0 to 1."
    share: Float!
  }

  "How a model's confidences are calibrated."
  type ModelCalibration {
    "The photos that the temperature and thresholds were fitted on."
    dataset: String!
    "Number of photos."
    images: Int!
    "The network's logits are divided by it before the softmax."
    temperature: Float!
    "Fraction of right answers that the thresholds were chosen for, from 0 to 1. Null if no threshold reaches it."
    targetPrecision: Float
    "Classes with their own threshold, which replaces the recommended one."
    classThresholds: [ClassThreshold!]!
  }

  "The threshold of one class."
  type ClassThreshold {
    "Id of the class."
    id: ID!
    "WordNet 3.0 noun, as ImageNet writes it. Null if it is not known."
    synset: ID
    "Confidence that the class must reach to be the answer if a query gives no threshold."
    threshold: Float!
  }

  "One measured figure of a model. Rates are in percent."
  type ModelMetric {
    "Evaluation set."
    dataset: String!
    "Name of the figure."
    name: String!
    "Value."
    value: Float!
  }
`;
