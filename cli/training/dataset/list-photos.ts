/** Labelled photos: one folder for each class, or a CSV file that lists them. */
import { dirname, extname, join, resolve } from "node:path";
import { csvParse } from "d3-dsv";
import { classIdSchema } from "../../../src/labels/class-spec.ts";
import { CliError } from "../../cli-error.ts";
import { readTextOrFail } from "../../files/read-file.ts";
import { type LabelledImage, listFiledImages } from "../../images/list-images.ts";

/** Photos in a fixed order, and their classes, sorted by id. */
export type PhotoList = {
  readonly photos: readonly LabelledImage[];
  readonly classes: readonly string[];
};

/** A network needs at least two classes to choose from. */
const MIN_CLASSES = 2;

/**
 * Lists the photos of a folder such as `photos/rose/1.jpg`, or of a CSV file with the columns `path` and `class`,
 * whose paths are relative to it.
 *
 * @param minClasses - 1 is enough for photos that nothing is trained on
 * @throws CliError FILE_UNREADABLE, FILE_INVALID, IMAGES_MISSING
 */
export async function listPhotos(source: string, minClasses = MIN_CLASSES): Promise<PhotoList> {
  const photos =
    extname(source).toLowerCase() === ".csv" ? await readCsv(source) : await readFolders(source);
  const classes = [...new Set(photos.map(({ classId }) => classId))].sort();
  if (classes.length >= minClasses) return { photos, classes };
  throw new CliError("IMAGES_MISSING", {
    what: `${source} has only one class.`,
    why: `All ${photos.length} photos are of the class "${classes[0]}", and a network needs at least two to choose from.`,
    fix: "Put the photos of each class into a folder named after it: photos/rose, photos/tulip.",
  });
}

async function readFolders(source: string): Promise<LabelledImage[]> {
  const filed = await listFiledImages(source);
  return filed.map(({ path, folder }) => ({ path, classId: requireId(folder, source) }));
}

async function readCsv(source: string): Promise<LabelledImage[]> {
  const rows = csvParse((await readTextOrFail(source)).replace(/^\uFEFF/, ""));
  const missing = ["path", "class"].filter((column) => !rows.columns.includes(column));
  if (missing.length > 0) {
    throw invalid(source, `its first line does not name the column ${missing.join(" and ")}`);
  }
  if (rows.length === 0) throw invalid(source, "it lists no photo");
  const photos = rows.map(({ path = "", class: id = "" }, i) => {
    if (path === "" || id === "") throw invalid(source, `line ${i + 2} has an empty cell`);
    return { path: join(dirname(resolve(source)), path), classId: requireId(id, source) };
  });
  const twice = photos.find(({ path }, i) => photos.findIndex((p) => p.path === path) < i);
  if (twice) throw invalid(source, `it lists ${twice.path} more than once`);
  return photos;
}

function requireId(id: string, source: string): string {
  if (classIdSchema.safeParse(id).success) return id;
  throw invalid(source, `"${id}" cannot be the id of a class`);
}

function invalid(source: string, reason: string): CliError {
  return new CliError("FILE_INVALID", {
    what: `The photos in ${source} cannot be used.`,
    why: `There is a mistake: ${reason}.`,
    fix: 'Give a folder with one folder for each class, or a CSV file whose first line is "path,class".',
  });
}
