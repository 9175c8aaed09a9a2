/**
 * A model soup: one network with the mean of the weights of several that were trained from the same start. It costs as
 * much as one of them.
 *
 * Source: Wortsman et al. 2022, "Model soups: averaging weights of multiple fine-tuned models improves accuracy
 * without increasing inference time".
 */
import type { Constant, Graph } from "../graphs/graph.ts";
import { TrainingError } from "./training-error.ts";

/**
 * Averages the weights. Sums are kept in float64.
 *
 * @param graphs - at least one; they may be read one after the other, because no two are needed at once
 * @throws TrainingError PARAMETER_UNKNOWN if they are not the same network
 */
export async function averageWeights(graphs: AsyncIterable<Graph>): Promise<Graph> {
  let first: Graph | undefined;
  let count = 0;
  const sums = new Map<string, Float64Array>();
  for await (const graph of graphs) {
    first ??= graph;
    requireAlike(first, graph);
    count++;
    for (const [name, { type, data }] of graph.constants) {
      if (type !== "float") continue;
      const sum = sums.get(name) ?? new Float64Array(data.length);
      for (let i = 0; i < data.length; i++) sum[i] = (sum[i] as number) + (data[i] as number);
      sums.set(name, sum);
    }
  }
  const constants = new Map<string, Constant>(first?.constants);
  for (const [name, sum] of sums) {
    const shape = first?.constants.get(name)?.shape ?? [];
    const data = Float32Array.from(sum, (value) => value / count);
    constants.set(name, { type: "float", shape, data });
  }
  return { ...(first as Graph), constants };
}

/**
 * Chooses networks for a soup, best first: each stays if the soup with it is at least as good as without it. So the
 * soup is never worse than the best network alone, on the photos that judge it.
 *
 * Source: Wortsman et al. 2022, recipe 1.
 *
 * @param ranked - the networks, best first; at least one
 * @param isAtLeast - whether a soup is at least as good as another
 * @param judge - gets the networks of a soup
 */
export async function chooseGreedily<Network, Score>(
  ranked: readonly Network[],
  judge: (soup: readonly Network[]) => Promise<Score>,
  isAtLeast: (score: Score, other: Score) => boolean,
): Promise<readonly Network[]> {
  let [soup, best] = [ranked.slice(0, 1), await judge(ranked.slice(0, 1))];
  for (const network of ranked.slice(1)) {
    const larger = [...soup, network];
    const score = await judge(larger);
    if (isAtLeast(score, best)) [soup, best] = [larger, score];
  }
  return soup;
}

function requireAlike(first: Graph, other: Graph): void {
  const shapes = ({ constants }: Graph) =>
    JSON.stringify([...constants].map(([name, { type, shape }]) => [name, type, shape]));
  if (first === other || shapes(first) === shapes(other)) return;
  throw new TrainingError("PARAMETER_UNKNOWN", {
    what: "The weights of the networks cannot be averaged.",
    why: `${first.name} and ${other.name} do not have the same parameters.`,
    fix: "Use networks that were trained from the same base.",
  });
}
