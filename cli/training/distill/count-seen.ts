import { existsSync } from "node:fs";
import { join } from "node:path";
import { CONFIG, RunFolder, type RunPhotos } from "../run/run-folder.ts";

/**
 * Counts the test photos of a run that its teacher was trained on. They are no test of what it has learnt.
 *
 * @param teacher - its folder; only that of a run says what it was trained on
 */
export async function countSeen(teacher: string, { photos }: RunPhotos): Promise<number> {
  if (!existsSync(join(teacher, CONFIG))) return 0;
  const run = await new RunFolder(teacher).readPhotos();
  const seen = new Set(
    run.photos.flatMap(({ part, sha256 }) => (part === "train" ? [sha256] : [])),
  );
  return photos.filter(({ part, sha256 }) => part === "test" && seen.has(sha256)).length;
}
