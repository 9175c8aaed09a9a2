/** The labelled photos of ../shared. */
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";

const DATA = new URL("../../shared/data/", import.meta.url);

export type ValidationImage = { readonly path: URL; readonly synset: string };

/** Ends the process with a message if ../shared is absent. */
export function requireValidationData(): void {
  if (existsSync(DATA)) return;
  console.log("../shared/data is absent: there are no photos to evaluate.");
  process.exit(0);
}

/** Lists the photos of one set in a fixed order. The folders of a set are named by synset. */
export async function listValidationImages(set: string): Promise<ValidationImage[]> {
  const root = new URL(`${set}/`, DATA);
  const names = await readdir(root, { recursive: true });
  return names
    .filter((name) => /\.jpe?g$/i.test(name))
    .sort()
    .map((name) => ({ path: new URL(name, root), synset: name.split("/")[0] as string }));
}
