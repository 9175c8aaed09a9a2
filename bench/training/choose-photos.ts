/** Chooses the photos of an experiment, always the same, and lists them in CSV files. */
import { mkdir, rename, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import type { LabelledImage } from "../../cli/images/list-images.ts";
import { ProgressBar } from "../../cli/terminal/progress-bar.ts";
import { inspectPhotos } from "../../cli/training/dataset/inspect-photos.ts";
import { listPhotos } from "../../cli/training/dataset/list-photos.ts";
import { findDuplicates, groupDuplicates } from "../../src/training/data/group-duplicates.ts";
import { createRandom, shuffle } from "../../src/training/random.ts";

/** How many photos of each class are used. */
export type Counts = { readonly train: number; readonly validation: number; readonly test: number };

/** Photos in a random order that never changes, by part and class. A picture is there only once. */
export type PhotoPool = { readonly train: LabelledImage[][]; readonly test: LabelledImage[][] };

/** CSV files. */
export type ChosenPhotos = {
  readonly train: string;
  readonly validation: string;
  readonly test: string;
};

/** Duplicates are left out, so some more photos are looked at than are needed. */
const EXTRA = 1.15;

/**
 * @param folder - with the folders `train` and `val`
 * @param counts - the most that will be chosen
 */
export async function openPool(folder: string, counts: Counts): Promise<PhotoPool> {
  const needed = Math.ceil(EXTRA * (counts.train + counts.validation));
  const train = await listByClass(join(folder, "train"), needed);
  const test = await listByClass(join(folder, "val"), Math.ceil(EXTRA * counts.test));
  // Those of the test come first: of duplicates, they are the ones that stay.
  const listed = [...test, ...train].flat();
  const bar = new ProgressBar("reading", { silent: false, unit: "photos" });
  const { photos } = await inspectPhotos(listed, (done) => bar.update(done, listed.length)).finally(
    () => bar.end(),
  );
  const groups = groupDuplicates(photos.length, findDuplicates(photos));
  const kept = new Set(photos.filter((_, i) => groups[i] === i).map(({ path }) => path));
  const keep = (classes: LabelledImage[][]) =>
    classes.map((list) => list.filter(({ path }) => kept.has(path)));
  return { train: keep(train), test: keep(test) };
}

/**
 * @param cut - a class of which only a tenth is trained on
 * @throws Error if there are too few photos
 */
export async function writeChoice(
  folder: string,
  { train, test }: PhotoPool,
  counts: Counts,
  cut?: string,
): Promise<ChosenPhotos> {
  const trained = train.flatMap((list) => {
    const isCut = list[0]?.classId === cut;
    return take(list, 0, isCut ? tenth(counts.train) : counts.train);
  });
  const chosen = {
    train: trained,
    validation: train.flatMap((list) => take(list, counts.train, counts.validation)),
    test: test.flatMap((list) => take(list, 0, counts.test)),
  };
  await mkdir(folder, { recursive: true });
  const write = (part: keyof ChosenPhotos) => writeCsv(join(folder, `${part}.csv`), chosen[part]);
  return {
    train: await write("train"),
    validation: await write("validation"),
    test: await write("test"),
  };
}

/** How many photos of the cut class are trained on. */
export function tenth(count: number): number {
  return Math.round(count / 10);
}

async function listByClass(folder: string, count: number): Promise<LabelledImage[][]> {
  const { photos, classes } = await listPhotos(folder);
  return classes.map((id, i) => {
    const own = photos.filter(({ classId }) => classId === id);
    return shuffle(own, createRandom(i)).slice(0, count);
  });
}

function take(list: readonly LabelledImage[], from: number, count: number): LabelledImage[] {
  const taken = list.slice(from, from + count);
  if (taken.length === count) return taken;
  throw new Error(
    `The class ${list[0]?.classId} has too few photos: ${list.length} different ones, not ${from + count}. Give a lower number with --photos.`,
  );
}

/** Writes a list of photos, as `train run` takes it. */
export async function writeCsv(path: string, photos: readonly LabelledImage[]): Promise<string> {
  // The paths in a list of photos are relative to it.
  const lines = photos.map(({ path: photo, classId }) => {
    const cell = relative(dirname(path), photo).replaceAll('"', '""');
    return `"${cell}","${classId}"\n`;
  });
  await writeFile(`${path}.part`, `path,class\n${lines.join("")}`);
  await rename(`${path}.part`, path);
  return path;
}
