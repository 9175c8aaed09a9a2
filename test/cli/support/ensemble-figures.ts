/** Figures of an ensemble, computed from the softmax of its networks, [N][C]. */
import { join } from "node:path";
import { makeBatchMaker, openStore, readBase } from "../../../cli/training/run/open-run.ts";
import { RunFolder, type RunPhoto } from "../../../cli/training/run/run-folder.ts";
import { runOverPhotos } from "../../../cli/training/run/score-photos.ts";
import { softmax } from "../../../src/inference/softmax.ts";

/** An ensemble, and one of its members, whose photos are those of all. */
type Place = { readonly ensemble: string; readonly member: string; readonly cache: string };

/** The softmax of a network for each photo of a part. */
export async function predict(
  { ensemble, member, cache }: Place,
  model: string,
  part: RunPhoto["part"],
): Promise<Float64Array[]> {
  const run = new RunFolder(join(ensemble, member));
  const [config, photos] = [await run.readConfig(), await run.readPhotos()];
  const network = await readBase(join(ensemble, model));
  const batches = makeBatchMaker(openStore(network, cache), network, config, photos);
  const own = photos.photos.filter((photo) => photo.part === part);
  return (await runOverPhotos(network, own, batches, { threads: 1 })).map((logits) =>
    softmax(logits),
  );
}

/** The index of the true class of each photo of a part. */
export async function truthsOf(
  { ensemble, member }: Place,
  part: RunPhoto["part"],
): Promise<number[]> {
  const { photos } = await new RunFolder(join(ensemble, member)).readPhotos();
  return photos.filter((photo) => photo.part === part).map((photo) => photo.class);
}

export function countRight(answers: readonly Float64Array[], truths: readonly number[]): number {
  return answers.filter((answer, i) => answer.indexOf(Math.max(...answer)) === truths[i]).length;
}

/** Mean cross entropy in nats. */
export function lossOf(answers: readonly Float64Array[], truths: readonly number[]): number {
  const logs = answers.map((answer, i) => Math.log(answer[truths[i] as number] as number));
  return -logs.reduce((sum, log) => sum + log, 0) / logs.length;
}

/** The weighted mean of the probabilities of several networks. */
export function mix(
  members: readonly Float64Array[][],
  weights: readonly number[],
): Float64Array[] {
  return (members[0] ?? []).map((first, i) =>
    first.map((_, k) =>
      members.reduce((sum, own, m) => sum + (weights[m] as number) * (own[i]?.[k] as number), 0),
    ),
  );
}
