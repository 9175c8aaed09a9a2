/** The images of a folder. */
import { readdir } from "node:fs/promises";
import { extname, join, sep } from "node:path";
import { FORMAT_NAMES, FORMATS, joinNames } from "../../src/imaging/formats.ts";
import { synsetSchema } from "../../src/models/manifest.ts";
import { CliError } from "../cli-error.ts";

const EXTENSIONS: ReadonlySet<string> = new Set(
  Object.values(FORMATS).flatMap(({ extensions }) => extensions.map((name) => `.${name}`)),
);

/** An image whose class is known. */
export type LabelledImage = { readonly path: string; readonly synset: string };

/**
 * The paths of all images in a folder and those below it, in a fixed order.
 *
 * @throws CliError if there are none
 */
export async function listImages(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true }).catch((cause: Error) => {
    throw new CliError(
      `${folder} cannot be read.`,
      `${cause.message}.`,
      "Name a folder of images.",
      cause,
    );
  });
  const images = names.filter((name) => EXTENSIONS.has(extname(name).toLowerCase())).sort();
  if (images.length > 0) return images.map((name) => join(folder, name));
  throw new CliError(
    `${folder} has no images.`,
    `It was searched, with all folders below it, for ${joinNames(FORMAT_NAMES, "and")} files.`,
    "Name another folder.",
  );
}

/**
 * The images of a folder whose own folders are called by synset, as ImageNet's are: `DIR/n01440764/…`.
 *
 * @throws CliError if one has another name
 */
export async function listLabelledImages(folder: string): Promise<LabelledImage[]> {
  const paths = await listImages(folder);
  return paths.map((path) => {
    const [name = ""] = path.slice(join(folder, sep).length).split(sep);
    if (synsetSchema.safeParse(name).success) return { path, synset: name };
    throw new CliError(
      `${path} has no class.`,
      `The folder right below ${folder} is called "${name}", which is not a synset id.`,
      "Put the images of each class into a folder called by its synset, such as n02123045.",
    );
  });
}

/** At most `count` of the items, evenly spread over them. */
export function spread<Item>(items: readonly Item[], count: number): Item[] {
  if (items.length <= count) return [...items];
  return Array.from(
    { length: count },
    (_, i) => items[Math.floor((i * items.length) / count)] as Item,
  );
}
