export const labelSdl = /* GraphQL */ `
  "A page of labels (Relay's connection)."
  type LabelConnection {
    "The page's entries with their cursors."
    edges: [LabelEdge!]!
    "The page's entries."
    nodes: [Label!]!
    "How to go on."
    pageInfo: PageInfo!
    "How many classes match on all pages."
    totalCount: Int!
  }

  "A label in a page."
  type LabelEdge {
    "Opaque; for the argument 'after'."
    cursor: String!
    "The label."
    node: Label!
  }

  "A class of a model."
  type Label {
    "ImageNet's id of the class."
    synset: ID!
    "Position of the class in the model's output, from 0."
    classIndex: Int!
    "Display name."
    label(
      "Language; without it that of the query."
      locale: Locale
    ): String!
    "Other names."
    aliases(
      "Language; without it that of the query."
      locale: Locale
    ): [String!]!
  }

  "Where a page stands (Relay)."
  type PageInfo {
    "Whether more entries follow."
    hasNextPage: Boolean!
    "Whether entries precede."
    hasPreviousPage: Boolean!
    "Cursor of the first entry; null on an empty page."
    startCursor: String
    "Cursor of the last entry; null on an empty page."
    endCursor: String
  }
`;
