export const querySdl = /* GraphQL */ `
  "Everything that can be asked."
  type Query {
    "Says what a photo shows."
    classify(
      "The photo."
      image: ImageInput!
      "How many predictions at most: from 1 to the number of the model's classes."
      topK: Int = 3
      "Lowest confidence of a prediction and of the answer, from 0 to 1. Without it all top-K predictions are given, and the answer must reach the model's recommended threshold."
      threshold: Float
      "Language of the labels."
      locale: Locale = EN
      "Alias of a model, or id@version. Without it the alias 'default' answers."
      model: String
      "In place of model: 1 to 4 models whose answers are averaged."
      models: [String!]
    ): Classification!
    "Says what each of several photos shows, in their order. One bad image spoils no other."
    classifyMany(
      "1 to 16 photos."
      images: [ImageInput!]!
      "How many predictions for each at most: from 1 to the number of the model's classes."
      topK: Int = 3
      "As for classify."
      threshold: Float
      "Language of the labels."
      locale: Locale = EN
      "Alias of a model, or id@version. Without it the alias 'default' answers."
      model: String
      "In place of model: 1 to 4 models whose answers are averaged."
      models: [String!]
    ): [ClassifyResult!]!
    "Reads the header of an image: nothing is decoded."
    inspectImage(
      "The image."
      image: ImageInput!
    ): ImageInfo!
    "Every published model version, by id and version."
    models: [ModelVersion!]!
    "The classes of a model, in the order of its output, page by page."
    labels(
      "Part of a name in either language, or of a synset id. Without it all classes are given."
      search: String
      "Language of the labels."
      locale: Locale = EN
      "Alias of a model, or id@version. Without it the alias 'default' is meant."
      model: String
      "How many at most: from 0 to 1000."
      first: Int = 20
      "The cursor after which to begin."
      after: String
    ): LabelConnection!
  }

  "The languages of labels."
  enum Locale {
    "English."
    EN
    "Simplified Chinese."
    ZH
  }
`;
