/** A folder with one model: its manifest and the files that the manifest names. */
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { type ModelManifest, manifestSchema } from "../../src/models/manifest.ts";
import { CliError } from "../cli-error.ts";

/** A model on disk. */
export type ModelFolder = { readonly path: string; readonly manifest: ModelManifest };

/** Name of the manifest. */
export const MANIFEST = "manifest.json";

/**
 * Reads a folder's manifest.
 *
 * @throws CliError where there is none or it is no valid one
 */
export async function readModelFolder(path: string): Promise<ModelFolder> {
  return { path, manifest: await readManifest(join(path, MANIFEST)) };
}

/** @throws CliError where the file is missing or no valid manifest */
export async function readManifest(path: string): Promise<ModelManifest> {
  const text = await readFile(path, "utf8").catch((cause: Error) => {
    throw new CliError(
      `${path} cannot be read.`,
      `${cause.message}.`,
      "Name a folder that model pull or model quantize has written, with a manifest.json in it.",
      cause,
    );
  });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw wrongManifest(path, "it is not JSON", cause);
  }
  const parsed = manifestSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw wrongManifest(path, z.prettifyError(parsed.error), parsed.error);
}

/** Checks a manifest and writes it, and gives the folder. */
export async function writeModelFolder(
  path: string,
  manifest: ModelManifest,
  files: ReadonlyMap<string, Uint8Array> = new Map(),
): Promise<ModelFolder> {
  const parsed = manifestSchema.safeParse(manifest);
  if (!parsed.success) {
    throw wrongManifest(join(path, MANIFEST), z.prettifyError(parsed.error), parsed.error);
  }
  await mkdir(path, { recursive: true });
  for (const [name, bytes] of files) await writeFile(join(path, name), bytes);
  await writeFile(join(path, MANIFEST), `${JSON.stringify(parsed.data, null, 2)}\n`);
  return { path, manifest: parsed.data };
}

/** A manifest's entry of a file. */
export function describeFile(path: string, bytes: Uint8Array) {
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { path, bytes: bytes.byteLength, sha256 };
}

/** The file and entry of a classifier's rows: [N, D] in little-endian half precision. */
export function makeHeadFile(weight: Float32Array, classes: number) {
  const halves = Float16Array.from(weight);
  const bytes = new Uint8Array(halves.buffer);
  const shape: [number, number] = [classes, weight.length / classes];
  const entry = { ...describeFile("head.f16.bin", bytes), dtype: "float16" as const, shape };
  return { bytes, entry };
}

/**
 * The files of a model, each equal in length and SHA-256 to what the manifest says.
 *
 * @throws CliError where one is missing or another
 */
export async function readModelFiles({
  path,
  manifest,
}: ModelFolder): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const { model, head } = manifest.files;
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const file of head ? [model, head] : [model]) {
    const where = join(path, file.path);
    const bytes = await readFile(where).catch((cause: Error) => {
      throw new CliError(
        `${where} cannot be read.`,
        `${cause.message}.`,
        "Make the folder again with model pull or model quantize.",
        cause,
      );
    });
    const found = describeFile(file.path, bytes);
    if (found.sha256 !== file.sha256) {
      throw new CliError(
        `${where} is not the file that the manifest names.`,
        `Its SHA-256 is ${found.sha256}, not ${file.sha256}.`,
        "Make the folder again with model pull or model quantize.",
      );
    }
    files.set(file.path, new Uint8Array(bytes));
  }
  return files;
}

function wrongManifest(path: string, reason: string, cause: unknown): CliError {
  return new CliError(
    `${path} is no manifest.`,
    `${reason}.`,
    "models/manifest.schema.json says what belongs into it.",
    cause,
  );
}
