import type { Graph } from "./graph.ts";

/**
 * Renames tensors. A tensor that already has one of the new names gets a different name.
 *
 * @param names - the new names, by old name
 * @param reserved - names that must stay free for tensors that are added later
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
