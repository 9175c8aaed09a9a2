export const querySdl = /* GraphQL */ `
  "Entry points of the API."
  type Query {
    "Classifies a photo."
    classify(
      "The photo."
      image: ImageInput!
      "Maximum number of predictions, from 1 to the number of the model's classes. Defaults to 3, or to all classes if there are fewer."
      topK: Int
      "Minimum confidence of a prediction and of the answer, from 0 to 1. If you leave it out, you get all top-K predictions, and the answer must reach the model's recommended threshold."
      threshold: Float
      "Language of the labels."
      locale: Locale = EN
      "Alias of a model, or id@version. Defaults to the alias 'default'."
      model: String
      "Use an ensemble instead of one model: 1 to 4 models whose answers are averaged. Their classes must agree."
      models: [String!]
      "Which part of the photo the network sees."
      framing: Framing = CROP
    ): Classification!
    "Classifies several photos and returns the results in the same order. A bad image does not affect the others."
    classifyMany(
      "1 to 16 photos."
      images: [ImageInput!]!
      "Maximum number of predictions for each photo, from 1 to the number of the model's classes. Defaults to 3, or to all classes if there are fewer."
      topK: Int
      "As for 'classify'."
      threshold: Float
      "Language of the labels."
      locale: Locale = EN
      "Alias of a model, or id@version. Defaults to the alias 'default'."
      model: String
      "Use an ensemble instead of one model: 1 to 4 models whose answers are averaged. Their classes must agree."
      models: [String!]
      "Which part of each photo the network sees."
      framing: Framing = CROP
    ): [ClassifyResult!]!
    "Reads the header of an image without decoding it."
    inspectImage(
      "The image."
      image: ImageInput!
    ): ImageInfo!
    "All published model versions, sorted by id and version."
    models: [ModelVersion!]!
    "The classes of a model in the order of its output, page by page."
    labels(
      "Part of a name in either language, or of an id. If you leave it out, you get all classes."
      search: String
      "Language of the labels."
      locale: Locale = EN
      "Alias of a model, or id@version. Defaults to the alias 'default'."
      model: String
      "Maximum number of entries, from 0 to 1000."
      first: Int = 20
      "Start after this cursor."
      after: String
    ): LabelConnection!
  }

  "Which part of a photo the network sees."
  enum Framing {
    "What the model's manifest says: for most models the square in the middle, without the edges."
    CROP
    "The whole photo, made smaller to fit into the model's input. The rest of the input is filled with the mean color."
    WHOLE
    "Squares along the longer side of the photo, at most 5 of them. They overlap as long as 5 can cover the photo. The predictions are those of the square in which the network is most sure. Each one counts as a pass through the network toward the limit of a request."
    TILES
  }

  "Languages of labels."
  enum Locale {
    "English."
    EN
    "Simplified Chinese."
    ZH
  }
`;
