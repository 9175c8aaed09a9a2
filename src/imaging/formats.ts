/**
 * Plain facts about the formats that can be decoded. They are apart from the codecs so that the page
 * can list the formats without loading the code that decodes them.
 */
export type FormatFacts = {
  /** The name as people write it. */
  readonly name: string;
  /** In lower case, without the dot. */
  readonly extensions: readonly string[];
  readonly mediaTypes: readonly string[];
};

/** By the names of the GraphQL enum `ImageFormat`, in the order in which messages list them. */
export const FORMATS = {
  JPEG: { name: "JPEG", extensions: ["jpg", "jpeg"], mediaTypes: ["image/jpeg"] },
  PNG: { name: "PNG", extensions: ["png"], mediaTypes: ["image/png"] },
  WEBP: { name: "WebP", extensions: ["webp"], mediaTypes: ["image/webp"] },
  GIF: { name: "GIF", extensions: ["gif"], mediaTypes: ["image/gif"] },
  AVIF: { name: "AVIF", extensions: ["avif"], mediaTypes: ["image/avif"] },
} as const satisfies Readonly<Record<string, FormatFacts>>;

const FACTS: Readonly<Record<string, FormatFacts>> = FORMATS;

/** The names of all formats as people write them. */
export const FORMAT_NAMES: readonly string[] = Object.values(FACTS).map(({ name }) => name);

/** The name of one format as people write it. */
export function formatName(format: string): string {
  return FACTS[format]?.name ?? format;
}

/** A list for a sentence: "JPEG, PNG or GIF". */
export function joinNames(names: readonly string[], word: string, comma = ", "): string {
  if (names.length < 2) return names.join();
  return `${names.slice(0, -1).join(comma)} ${word} ${names.at(-1)}`;
}
