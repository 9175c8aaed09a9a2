/** The languages that labels exist in, named as the GraphQL enum names them. */
export type Locale = "EN" | "ZH";

/** Names in each language, the display name first; never empty. */
export type ClassNames = Readonly<Record<Locale, readonly string[]>>;

/** A kind of thing: a class of a model, or what classes are kinds of. */
export type Kind = {
  /** Unique within a model. For ImageNet's classes and WordNet's kinds it is the synset. */
  readonly id: string;
  /** WordNet 3.0's noun, as ImageNet writes it (`n02123045`); undefined if it is not known. */
  readonly synset: string | undefined;
  readonly names: ClassNames;
};

/** A class of a model. */
export type ClassLabel = Kind & {
  /** What the class is a kind of, nearest first. */
  readonly ancestors: readonly Kind[];
};
