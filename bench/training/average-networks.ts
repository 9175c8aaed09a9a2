/** A soup: one network with the mean of the weights of several. */
import { type Base, readBase } from "../../cli/training/run/open-run.ts";
import { floats } from "../../src/graphs/graph.ts";
import { mean } from "./paired-difference.ts";

/**
 * Source: Wortsman and others 2022, "Model soups", the uniform soup.
 *
 * @param paths - model folders that were trained from the same base
 */
export async function averageNetworks(paths: readonly string[]): Promise<Base> {
  const [first, ...others] = await Promise.all(paths.map((path) => readBase(path)));
  if (!first) throw new Error("There is no network.");
  const constants = new Map(first.graph.constants);
  for (const [name, tensor] of first.graph.constants) {
    if (tensor.type !== "float") continue;
    const all = [tensor, ...others.map(({ graph }) => graph.constants.get(name))].map((other) => {
      if (other?.type === "float" && other.data.length === tensor.data.length) return other.data;
      throw new Error(`The networks have different weights: ${name}.`);
    });
    const averaged = tensor.data.map((_, i) => mean(all.map((data) => data[i] as number)));
    constants.set(name, floats(tensor.shape, averaged));
  }
  return { ...first, graph: { ...first.graph, constants } };
}
