/** The result of a finished run: result.json, and a prediction for each test photo. */
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { softmax } from "../../../src/inference/softmax.ts";
import { topK } from "../../../src/inference/top-k.ts";
import { parseFile } from "../../files/parse-file.ts";
import { readTextOrFail } from "../../files/read-file.ts";
import { guardWriting } from "../../files/writing-failed.ts";
import { PREDICTIONS, RESULT, type RunPhoto } from "./run-folder.ts";

const partSchema = z.strictObject({
  photos: z.int().min(1),
  right: z.int().min(0),
});

const resultSchema = z.strictObject({
  validation: partSchema.nullable(),
  test: partSchema.nullable(),
  /** Null if the run was interrupted. */
  seconds: z.number().nullable(),
  /** Name of the teacher; absent without distillation. */
  teacher: z.string().optional(),
});

const predictionSchema = z.strictObject({
  path: z.string(),
  /** Of the photo's file. */
  sha256: z.string(),
  class: z.string(),
  answer: z.string(),
  confidence: z.number(),
});

export type RunResult = z.infer<typeof resultSchema>;
export type PhotoPrediction = z.infer<typeof predictionSchema>;

/**
 * @param classes - ids, in the order of the network's output
 * @param logits - [C] for each photo
 */
export function toPredictions(
  classes: readonly string[],
  photos: readonly RunPhoto[],
  logits: readonly Float32Array[],
): PhotoPrediction[] {
  return photos.map(({ path, sha256, class: index }, i) => {
    const [first] = topK(softmax(logits[i] as Float32Array), 1);
    return {
      path,
      sha256,
      class: classes[index] as string,
      answer: classes[first?.classIndex as number] as string,
      confidence: first?.confidence as number,
    };
  });
}

/** Whether the answer is correct. */
export function isRight({ class: truth, answer }: PhotoPrediction): boolean {
  return truth === answer;
}

/** @returns null without predictions */
export function countRight(predictions: readonly PhotoPrediction[]): RunResult["test"] {
  if (predictions.length === 0) return null;
  return { photos: predictions.length, right: predictions.filter(isRight).length };
}

export async function writeResult(
  folder: string,
  result: RunResult,
  test: readonly PhotoPrediction[],
): Promise<void> {
  const lines = test.map((prediction) => `${JSON.stringify(prediction)}\n`).join("");
  await guardWriting(folder, async () => {
    await writeFile(join(folder, PREDICTIONS), lines);
    await writeFile(join(folder, RESULT), `${JSON.stringify(result, null, 2)}\n`);
  });
}

/** @throws CliError FILE_UNREADABLE if the run is not finished, FILE_INVALID */
export async function readResult(
  folder: string,
): Promise<{ readonly result: RunResult; readonly test: readonly PhotoPrediction[] }> {
  const fix = `Finish the run with resnet-edge train resume ${folder}.`;
  const [result, lines] = await Promise.all([
    readTextOrFail(join(folder, RESULT), fix),
    readTextOrFail(join(folder, PREDICTIONS), fix),
  ]);
  const again = `${fix} It writes the file again.`;
  return {
    result: parseFile(join(folder, RESULT), result, resultSchema, again),
    test: lines
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => parseFile(join(folder, PREDICTIONS), line, predictionSchema, again)),
  };
}

/** Returns how long a finished run took; null if it is not finished, or was interrupted. */
export async function readSeconds(folder: string): Promise<number | null> {
  const path = join(folder, RESULT);
  if (!existsSync(path)) return null;
  const text = await readTextOrFail(path);
  try {
    return parseFile(path, text, resultSchema, "").seconds;
  } catch {
    // The damaged file is about to be written again.
    return null;
  }
}
