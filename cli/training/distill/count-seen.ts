import { existsSync } from "node:fs";
import { join } from "node:path";
import { CONFIG, RunFolder, type RunPhotos } from "../run/run-folder.ts";
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
    if (!existsSync(join(path, CONFIG))) continue;
    const run = await new RunFolder(path).readPhotos();
    for (const { part, sha256 } of run.photos) if (part === "train") seen.add(sha256);
  }
  return photos.filter(({ part, sha256 }) => part === "test" && seen.has(sha256)).length;
}
