/** Heat maps of the photos of a report. */
import type { Graph } from "../../../../src/graphs/graph.ts";
import { type ActivationMap, activationMap } from "../../../../src/inference/activation-map.ts";
import { NEW_HEAD } from "../../../../src/training/replace-head.ts";
import type { Hardware } from "../../load-engine.ts";
import type { BatchMaker } from "../make-batches.ts";
import type { RunPhoto } from "../run-folder.ts";
import { runOverPhotos } from "../score-photos.ts";

/** A photo, and the class that the network took it for. */
export type Answered = { readonly photo: RunPhoto; readonly answer: number };

/**
 * Computes what in each photo speaks for the class that it was taken for.
 *
 * @param features - the output before pooling
 */
export async function explainAnswers(
  graph: Graph,
  features: string,
  answered: readonly Answered[],
  batches: BatchMaker,
  hardware: Hardware,
): Promise<ActivationMap[]> {
  const head = graph.constants.get(NEW_HEAD.weight);
  const [classes = 0] = head?.shape ?? [];
  const rows = head?.data as Float32Array;
  const channels = rows.length / classes;
  const [, , inputHeight = 1, inputWidth = 1] = graph.input.shape;
  const photos = answered.map(({ photo }) => photo);
  const maps = await runOverPhotos({ graph, logits: features }, photos, batches, hardware);
  return maps.map((data, i) => {
    const positions = data.length / channels;
    // The map has the proportions of the input.
    const width = Math.round(Math.sqrt((positions * inputWidth) / inputHeight));
    const answer = answered[i]?.answer as number;
    const row = rows.slice(answer * channels, (answer + 1) * channels);
    return activationMap({ channels, width, height: positions / width, data }, row);
  });
}
