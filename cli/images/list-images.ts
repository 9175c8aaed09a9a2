import { readdir } from "node:fs/promises";
import { join, sep } from "node:path";
import { synsetSchema } from "../../src/models/manifest.ts";
import { CliError } from "../cli-error.ts";

const IMAGE = /\.(?:jpe?g|png|webp|gif|avif)$/i;

/** An image whose class is known. */
export type LabelledImage = { readonly path: string; readonly synset: string };

/**
 * The paths of all images in a folder and those below it, in a fixed order.
 *
 * @throws CliError FILE_UNREADABLE, IMAGES_MISSING
 */
export async function listImages(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true }).catch((cause: Error) => {
    throw new CliError("FILE_UNREADABLE", {
      what: `${folder} cannot be read.`,
      why: `${cause.message}.`,
      fix: "Give a folder of images.",
      cause,
    });
  });
  const images = names.filter((name) => IMAGE.test(name)).sort();
  if (images.length > 0) return images.map((name) => join(folder, name));
  throw new CliError("IMAGES_MISSING", {
    what: `${folder} contains no images.`,
    why: "It has no JPEG, PNG, WebP, GIF or AVIF files, and neither do the folders below it.",
    fix: "Give another folder.",
  });
}

/**
 * The images of a folder whose own folders are named after synsets, as ImageNet's are: `DIR/n01440764/…`.
 *
 * @throws CliError FILE_UNREADABLE; IMAGES_MISSING if a folder has another name
 */
export async function listLabelledImages(folder: string): Promise<LabelledImage[]> {
  const paths = await listImages(folder);
  return paths.map((path) => {
    const [name = ""] = path.slice(join(folder, sep).length).split(sep);
    if (synsetSchema.safeParse(name).success) return { path, synset: name };
    throw new CliError("IMAGES_MISSING", {
      what: `The class of ${path} is not known.`,
      why: `The folder right below ${folder} is called "${name}", which is not a synset id.`,
      fix: "Put the images of each class into a folder named after its synset, such as n02123045.",
    });
  });
}

/** At most `count` of the items, spread evenly. */
export function spread<Item>(items: readonly Item[], count: number): Item[] {
  if (items.length <= count) return [...items];
  return Array.from(
    { length: count },
    (_, i) => items[Math.floor((i * items.length) / count)] as Item,
  );
}
