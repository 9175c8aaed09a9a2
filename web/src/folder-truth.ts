/** The folders of photos as their true classes, as data sets have them: `val/espresso/1.jpg`. */
import { createClassMatcher } from "../../src/labels/match-class.ts";
import type { NamedClass } from "./api/labels.ts";

/** What the folder of a photo is called, and the class that it names. */
export type Truth = { readonly folder: string; readonly classId: string };

/** Gives the class that the folder of a photo names; undefined if it names none. */
export type TruthOf = (path: string) => Truth | undefined;

/** @param classes - of the model that answers */
export function createTruthOf(classes: readonly NamedClass[]): TruthOf {
  const match = createClassMatcher(
    classes.map(({ id, en, zh }) => ({
      id,
      synset: undefined,
      names: { EN: [en], ZH: [zh] },
      ancestors: [],
    })),
  );
  return (path) => {
    const folder = folderOf(path);
    const classId = folder === undefined ? undefined : match(folder);
    return folder === undefined || classId === undefined ? undefined : { folder, classId };
  };
}

/** The folder that a photo is in; undefined for a path without folders. */
export function folderOf(path: string): string | undefined {
  return path.split("/").at(-2);
}
