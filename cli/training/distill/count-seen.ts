import { RunFolder, type RunPhotos } from "../run/run-folder.ts";
import type { TeacherModel } from "./read-teacher.ts";

/**
 * Counts the test photos of a run that its teacher was trained on. They do not test what the student has learnt.
 *
 * @param teacher - only the folder of a run says what it was trained on
 */
export async function countSeen({ members }: TeacherModel, { photos }: RunPhotos): Promise<number> {
  const seen = new Set<string>();
  for (const { base } of members) {
    const { path } = base.model;
    const run = new RunFolder(path);
    if (!run.hasBegun) continue;
    const { photos: used } = await run.readPhotos();
    for (const { part, sha256 } of used) if (part === "train") seen.add(sha256);
  }
  return photos.filter(({ part, sha256 }) => part === "test" && seen.has(sha256)).length;
}
