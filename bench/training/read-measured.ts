/** The answers of trained networks, as rows of a table need them. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { softmax } from "../../src/inference/softmax.ts";
import { topK } from "../../src/inference/top-k.ts";
import { MEASURED, type Measured, measuredSchema } from "./planned-run.ts";

/** Probabilities of each photo for the test, [C]. */
export type Probabilities = readonly Float64Array[];

export async function readMeasured(out: string, name: string): Promise<Measured> {
  return measuredSchema.parse(JSON.parse(await readFile(join(out, name, MEASURED), "utf8")));
}

export function probabilitiesOf({ test }: Pick<Measured, "test">): Probabilities {
  return test.logits.map((logits) => softmax(Float32Array.from(logits)));
}

/** The mean of the probabilities of several networks, for each photo. */
export function meanProbabilities(members: readonly Probabilities[]): Probabilities {
  const [first = []] = members;
  return first.map((own, photo) =>
    own.map((_, k) => {
      const sum = members.reduce((total, member) => total + (member[photo]?.[k] as number), 0);
      return sum / members.length;
    }),
  );
}

/** For each photo, 1 if the answer is right, and 0 if not. */
export function rightsOf(probabilities: Probabilities, truths: readonly number[]): number[] {
  return probabilities.map((own, photo) => (topK(own, 1)[0]?.classIndex === truths[photo] ? 1 : 0));
}
