/** Decodes the photos of a run again that its cache no longer has. */
import { CliError } from "../../cli-error.ts";
import type { LabelledImage } from "../../images/list-images.ts";
import { inspectPhotos } from "../dataset/inspect-photos.ts";
import type { PhotoStore } from "./photo-store.ts";
import type { RunPhotos } from "./run-folder.ts";

/**
 * @param onProgress - gets the number of photos that were decoded, of those that the cache lacks
 * @throws CliError IMAGE_UNREADABLE if one has vanished or is not the same file as when the run began
 */
export async function restorePhotos(
  { classes, photos }: RunPhotos,
  store: PhotoStore,
  onProgress: (done: number, total: number) => void,
): Promise<void> {
  const missing: LabelledImage[] = [];
  const expected = new Map<string, string>();
  for (const { path, class: index, sha256 } of photos) {
    if (await store.has(sha256)) continue;
    missing.push({ path, classId: classes[index] as string });
    expected.set(path, sha256);
  }
  if (missing.length === 0) return;
  const { damaged } = await inspectPhotos(
    missing,
    (done) => onProgress(done, missing.length),
    async ({ path, sha256 }, image) => {
      if (sha256 !== expected.get(path)) throw cannotGoOn(path, "The file has changed");
      await store.write(sha256, image);
    },
    (size) => store.shorterSideFor(size),
  );
  const [first] = damaged;
  if (first) throw cannotGoOn(first.path, first.reason.replace(/\.$/, ""));
}

function cannotGoOn(path: string, reason: string): CliError {
  return new CliError("IMAGE_UNREADABLE", {
    what: `The run cannot continue without ${path}.`,
    why: `${reason}, and the cache has no decoded form of what it was when the run began.`,
    fix: "Restore the photo, give the cache of the run with --cache, or start the run again with train run.",
  });
}
