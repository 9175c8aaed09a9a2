export const labelSdl = /* GraphQL */ `
  "A page of labels (a Relay connection)."
  type LabelConnection {
    "The entries of the page with their cursors."
    edges: [LabelEdge!]!
    "The entries of the page."
    nodes: [Label!]!
    "How to get the next page."
    pageInfo: PageInfo!
    "Number of matching classes on all pages."
    totalCount: Int!
  }

  "A label on a page."
  type LabelEdge {
    "Opaque. Pass it as 'after'."
    cursor: String!
    "The label."
    node: Label!
  }

  "A class of a model."
  type Label {
    "Id of the class, unique within a model. For ImageNet's classes it is the synset."
    id: ID!
    "WordNet 3.0 noun that the class stands for, as ImageNet writes it (n02123045). Null if it is not known."
    synset: ID
    "Position of the class in the model's output, starting at 0."
    classIndex: Int!
    "Display name."
    label(
      "Language. Defaults to the language of the query."
      locale: Locale
    ): String!
    "Other names."
    aliases(
      "Language. Defaults to the language of the query."
      locale: Locale
    ): [String!]!
  }

  "Position of a page in the list (Relay)."
  type PageInfo {
    "Whether more entries follow."
    hasNextPage: Boolean!
    "Whether there are entries before."
    hasPreviousPage: Boolean!
    "Cursor of the first entry. Null on an empty page."
    startCursor: String
    "Cursor of the last entry. Null on an empty page."
    endCursor: String
  }
`;
