export const modelSdl = /* GraphQL */ `
  "One published version of a model; it never changes."
  type ModelVersion {
    "Id of the model."
    id: ID!
    "Semantic version."
    version: String!
    "The names that mean this version at present."
    aliases: [String!]!
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
    "Measured figures."
    metrics: [ModelMetric!]!
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
