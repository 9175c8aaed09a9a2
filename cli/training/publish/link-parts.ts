/** Sorts the photos of a run into folders by part and class, for commands that take folders. */
import { mkdir, rm, symlink } from "node:fs/promises";
import { extname, join, resolve } from "node:path";
import { guardWriting } from "../../files/writing-failed.ts";
import type { RunPhotos } from "../run/run-folder.ts";

const FOLDER = "photos-by-part";

/**
 * Writes links to the photos: `RUN/photos-by-part/train/rose/12.jpg`.
 *
 * @returns the folder with one folder for each part
 */
export async function linkParts(run: string, { classes, photos }: RunPhotos): Promise<string> {
  const root = join(run, FOLDER);
  await guardWriting(root, async () => {
    await rm(root, { recursive: true, force: true });
    for (const [i, photo] of photos.entries()) {
      const folder = join(root, photo.part, classes[photo.class] as string);
      await mkdir(folder, { recursive: true });
      await symlink(resolve(photo.path), join(folder, `${i}${extname(photo.path)}`));
    }
  });
  return root;
}
