import type { ClassifyResult } from "../src/classification/classify-image.ts";
import { AppError } from "../src/errors.ts";
import { ImageFile } from "../src/imaging/image-file.ts";
import type { EngineName } from "../src/inference/engines/engine.ts";
import { makeReceipt, type Receipt } from "../src/models/receipt.ts";
import { isSameVersion, type VersionRef } from "../src/models/version-ref.ts";
import { sha256Hex } from "../src/sha256.ts";
import { createNodeServices } from "./node-services.ts";

export type Replay = {
  /** What differs, one clause each; empty if everything is reproduced. */
  readonly problems: readonly string[];
  /** Class id, confidence of the receipt, confidence now. */
  readonly rows: readonly (readonly string[])[];
};

/** The same module computes on other processors; JSON keeps every digit. */
const TOLERANCE = 1e-4;

/** Classifies a photo with the embedded networks as a receipt says, and compares. */
export async function replay(receipt: Receipt, photo: Uint8Array): Promise<Replay> {
  const imageSha256 = await sha256Hex(photo);
  if (imageSha256 !== receipt.imageSha256) {
    return failed(`the photo's SHA-256 is ${imageSha256}, not ${receipt.imageSha256}`);
  }
  let result: ClassifyResult;
  try {
    result = await classify(receipt, photo);
  } catch (error) {
    if (error instanceof AppError) return failed(error.message);
    throw error;
  }
  const now = makeReceipt(result, receipt.imageDecoder);
  const problems = compareModels(receipt, now);
  const replayed = new Map(now.predictions.map((p) => [p.id, p.confidence]));
  const rows = receipt.predictions.map(({ id, confidence }) => {
    const again = replayed.get(id);
    if (again === undefined) problems.push(`${id} is no longer predicted`);
    else if (Math.abs(again - confidence) > TOLERANCE) {
      problems.push(`the confidence of ${id} is ${again}, not ${confidence}`);
    }
    return [id, confidence.toFixed(6), again?.toFixed(6) ?? "–"];
  });
  if (now.predictions.length > receipt.predictions.length) {
    problems.push(`there are ${now.predictions.length} predictions, not ${rows.length}`);
  }
  return { problems, rows };
}

async function classify(receipt: Receipt, photo: Uint8Array): Promise<ClassifyResult> {
  const { imageDecoder, models } = receipt;
  const engineOf = (version: VersionRef): EngineName =>
    models.find((model) => isSameVersion(model, version))?.engine ?? "onnxruntime";
  const { classifier } = await createNodeServices({ imageDecoder, engineOf });
  const { topK, threshold, framing } = receipt.parameters;
  const names = models.map(({ id, version }) => `${id}@${version}`);
  const plan = await classifier.plan(names, { topK, threshold: threshold ?? undefined, framing });
  return classifier.classify(new ImageFile(photo), plan);
}

function compareModels(receipt: Receipt, now: Receipt): string[] {
  return receipt.models.flatMap((model, i) => {
    const other = now.models[i];
    const name = `${model.id}@${model.version}`;
    return [
      ...(other?.sha256 === model.sha256 ? [] : [`the file of ${name} has a different SHA-256`]),
      ...(other?.engineFileSha256 === model.engineFileSha256
        ? []
        : [`the file of ${name} for its engine has a different SHA-256`]),
      ...(other?.preprocessSha256 === model.preprocessSha256
        ? []
        : [`the preprocessing of ${name} is different`]),
    ];
  });
}

function failed(problem: string): Replay {
  return { problems: [problem], rows: [] };
}
