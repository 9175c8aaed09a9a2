/** Writes a case as files that torch-step.py reads. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { prune } from "../../src/graphs/graph.ts";
import {
  chooseTrained,
  MOMENTUM,
  makeBatch,
  makePhoto,
  RATE,
  readNetwork,
  type StepCase,
} from "./step-case.ts";

export async function describeForTorch(wanted: StepCase, folder: string): Promise<void> {
  const network = await readNetwork(wanted);
  const graph = prune({ ...network, outputs: [{ name: "logits" }] });
  const trained = chooseTrained(graph, wanted);
  const [, ...image] = graph.input.shape;
  const shape = [wanted.batch, ...image];
  const classes = graph.constants.get(trained.at(-1) as string)?.shape[0] as number;
  const { images, targets } = makeBatch(shape, classes);
  let files = 0;
  const write = async (name: string, sides: readonly number[], data: Float32Array) => {
    const file = `${files++}.f32`;
    await writeFile(join(folder, file), data);
    return { name, file, size: data.length, shape: sides };
  };
  const tensors = [];
  for (const [name, { type, shape: sides, data }] of graph.constants) {
    if (type === "float") tensors.push(await write(name, sides, data));
  }
  const { width, height, data } = makePhoto(shape[2] as number);
  await writeFile(join(folder, "photo.rgb"), data);
  const description = {
    photo: wanted.augmented ? { file: "photo.rgb", width, height } : null,
    threads: wanted.threads,
    steps: wanted.steps,
    rate: RATE,
    momentum: MOMENTUM,
    input: graph.input.name,
    images: await write("images", shape, images),
    targets: await write("targets", [wanted.batch, classes], targets),
    trained,
    tensors,
    nodes: graph.nodes.map(({ operator, inputs, outputs, attributes }) => ({
      operator,
      inputs,
      output: outputs[0],
      attributes: Object.fromEntries(
        Object.entries(attributes).map(([name, value]) => [name, Object.values(value)[0]]),
      ),
    })),
  };
  await writeFile(join(folder, "step.json"), JSON.stringify(description));
}
