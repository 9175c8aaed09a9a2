import { extname, join, relative, sep } from "node:path";
import { FORMAT_NAMES, FORMATS, joinNames } from "../../src/imaging/formats.ts";
import { CliError } from "../cli-error.ts";
import { walkFolder } from "./walk-folder.ts";

const EXTENSIONS: ReadonlySet<string> = new Set(
  Object.values(FORMATS).flatMap(({ extensions }) => extensions.map((name) => `.${name}`)),
);

/** An image whose class is known. */
export type LabelledImage = { readonly path: string; readonly classId: string };

/** An image in the folder of its class. */
export type FiledImage = { readonly path: string; readonly folder: string };

/**
 * The paths of all images in a folder and those below it, in a fixed order, without hidden files.
 *
 * @throws CliError FILE_UNREADABLE, IMAGES_MISSING
 */
export async function listImages(folder: string): Promise<string[]> {
  const names = await walkFolder(folder).catch((cause: Error) => {
    throw new CliError("FILE_UNREADABLE", {
      what: `${folder} cannot be read.`,
      why: `${cause.message}.`,
      fix: "Give a folder of images.",
      cause,
    });
  });
  const images = names.filter((name) => EXTENSIONS.has(extname(name).toLowerCase()));
  if (images.length > 0) return images.map((name) => join(folder, name));
  throw new CliError("IMAGES_MISSING", {
    what: `${folder} contains no images.`,
    why: `It was searched, with all folders below it, for ${joinNames(FORMAT_NAMES, "and")} files.`,
    fix: "Give another folder.",
  });
}

/**
 * The images of a folder that has one folder for each class: `DIR/n01440764/tench.jpg`, `DIR/invoice/1.png`.
 *
 * @throws CliError FILE_UNREADABLE; IMAGES_MISSING if there are none, or one is in no folder
 */
export async function listFiledImages(folder: string): Promise<FiledImage[]> {
  const paths = await listImages(folder);
  return paths.map((path) => {
    const [name = "", ...rest] = relative(folder, path).split(sep);
    if (rest.length > 0) return { path, folder: name };
    throw new CliError("IMAGES_MISSING", {
      what: `The class of ${path} is not known.`,
      why: `It is not in a folder below ${folder}.`,
      fix: "Put the images of each class into a folder named after its id or name.",
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
