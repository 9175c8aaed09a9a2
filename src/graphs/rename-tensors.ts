import type { Graph } from "./graph.ts";

/**
 * Gives tensors other names. A tensor that has one of the new names already gets another.
 *
 * @param names - new names by old ones
 * @param reserved - names that tensors will get that are added later
 */
export function renameTensors(
  graph: Graph,
  names: ReadonlyMap<string, string>,
  reserved: readonly string[] = [],
): Graph {
  const wanted = new Set([...names.values(), ...reserved]);
  const rename = (name: string) => {
    if (name === "") return "";
    return names.get(name) ?? (wanted.has(name) ? `${name}.renamed` : name);
  };
  return {
    ...graph,
    input: { ...graph.input, name: rename(graph.input.name) },
    outputs: graph.outputs.map((output) => ({ ...output, name: rename(output.name) })),
    nodes: graph.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(rename),
      outputs: node.outputs.map(rename),
    })),
    constants: new Map([...graph.constants].map(([name, value]) => [rename(name), value])),
  };
}
