/** What a trained network makes of photos that it was not trained on. */
import { inspectPhotos } from "../../cli/training/dataset/inspect-photos.ts";
import { listPhotos } from "../../cli/training/dataset/list-photos.ts";
import { type Base, makeBatchMaker, openStore } from "../../cli/training/run/open-run.ts";
import type { PhotoStore } from "../../cli/training/run/photo-store.ts";
import type { RunPhoto } from "../../cli/training/run/run-folder.ts";
import { RunFolder } from "../../cli/training/run/run-folder.ts";
import { runOverPhotos } from "../../cli/training/run/score-photos.ts";
import type { Answers } from "./planned-run.ts";

/** With more threads, two networks that are trained at a time would disturb each other. */
export const THREADS = 1;

/**
 * Answers the photos for validation and those for the test.
 *
 * @param network - of a trained model folder
 * @param run - folder of the run, for its settings and photos
 * @param source - CSV file of the photos for the test
 */
export async function testNetwork(
  network: Base,
  run: string,
  source: string,
  cache: string,
): Promise<{ readonly validation: Answers; readonly test: Answers }> {
  const folder = new RunFolder(run);
  const own = await folder.readPhotos();
  const store = openStore(network, cache);
  const batches = makeBatchMaker(store, network, await folder.readConfig(), own);
  const answer = async (photos: readonly RunPhoto[]) => {
    const logits = await runOverPhotos(network, photos, batches, { threads: THREADS });
    return {
      truths: photos.map((photo) => photo.class),
      logits: logits.map((values) => Array.from(values)),
    };
  };
  return {
    validation: await answer(own.photos.filter(({ part }) => part === "validation")),
    test: await answer(await readTest(source, own.classes, store)),
  };
}

async function readTest(
  source: string,
  classes: readonly string[],
  store: PhotoStore,
): Promise<RunPhoto[]> {
  const tested: RunPhoto[] = [];
  await inspectPhotos(
    (await listPhotos(source)).photos,
    () => {},
    async ({ path, classId, sha256 }, image) => {
      if (!(await store.has(sha256))) await store.write(sha256, image);
      tested.push({ path, class: classes.indexOf(classId), part: "test", sha256 });
    },
    (size) => store.shorterSideFor(size),
  );
  return tested;
}
