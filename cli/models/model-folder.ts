/** A folder with one model: its manifest and the files that the manifest names. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { type ModelManifest, manifestSchema } from "../../src/models/manifest.ts";
import { parseJson } from "../../src/models/parse-json.ts";
import { CliError } from "../cli-error.ts";
import { readFileOrFail, readTextOrFail } from "../files/read-file.ts";
import { sha256 } from "../files/sha256.ts";

export type ModelFolder = { readonly path: string; readonly manifest: ModelManifest };

export const MANIFEST = "manifest.json";

/** @throws CliError FILE_UNREADABLE, MANIFEST_INVALID */
export async function readModelFolder(path: string): Promise<ModelFolder> {
  return { path, manifest: await readManifest(join(path, MANIFEST)) };
}

/** @throws CliError FILE_UNREADABLE, MANIFEST_INVALID */
export async function readManifest(path: string): Promise<ModelManifest> {
  const text = await readTextOrFail(
    path,
    "Give a folder that model pull or model quantize has written, with a manifest.json in it.",
  );
  const parsed = parseJson(text, manifestSchema);
  if (parsed.problem === undefined) return parsed.value;
  throw invalidManifest(path, parsed.problem, parsed.cause);
}

/**
 * Checks a manifest, and writes it and the files.
 *
 * @throws CliError MANIFEST_INVALID
 */
export async function writeModelFolder(
  path: string,
  manifest: ModelManifest,
  files: ReadonlyMap<string, Uint8Array> = new Map(),
): Promise<ModelFolder> {
  const parsed = manifestSchema.safeParse(manifest);
  if (!parsed.success) {
    throw invalidManifest(join(path, MANIFEST), z.prettifyError(parsed.error), parsed.error);
  }
  await mkdir(path, { recursive: true });
  for (const [name, bytes] of files) await writeFile(join(path, name), bytes);
  await writeFile(join(path, MANIFEST), encodeManifest(parsed.data));
  return { path, manifest: parsed.data };
}

/** The content of `manifest.json`. */
export function encodeManifest(manifest: ModelManifest): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${JSON.stringify(manifest, null, 2)}\n`);
}

/** The manifest's entry for a file. */
export function describeFile(path: string, bytes: Uint8Array) {
  return { path, bytes: bytes.byteLength, sha256: sha256(bytes) };
}

/** The file of a classifier's rows, and its entry: [N, D] in little-endian half precision. */
export function makeHeadFile(weight: Float32Array, classes: number) {
  const halves = Float16Array.from(weight);
  const bytes = new Uint8Array(halves.buffer);
  const shape: [number, number] = [classes, weight.length / classes];
  const entry = { ...describeFile("head.f16.bin", bytes), dtype: "float16" as const, shape };
  return { bytes, entry };
}

/**
 * The files of a model by name, each with the SHA-256 that the manifest states.
 *
 * @param fix - what the errors advise
 * @throws CliError FILE_UNREADABLE, HASH_MISMATCH
 */
export async function readModelFiles(
  { path, manifest }: ModelFolder,
  fix = "Create the folder again with model pull or model quantize.",
): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const { model, head } = manifest.files;
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const file of head ? [model, head] : [model]) {
    const filePath = join(path, file.path);
    const bytes = await readFileOrFail(filePath, fix);
    const found = sha256(bytes);
    if (found !== file.sha256) {
      throw new CliError("HASH_MISMATCH", {
        what: `${filePath} is not the file that the manifest describes.`,
        why: `Its SHA-256 is ${found}, not ${file.sha256}.`,
        fix,
      });
    }
    files.set(file.path, bytes);
  }
  return files;
}

function invalidManifest(path: string, problem: string, cause: unknown): CliError {
  return new CliError("MANIFEST_INVALID", {
    what: `${path} is not a valid manifest.`,
    why: `${problem}.`,
    fix: "models/manifest.schema.json describes its format.",
    cause,
  });
}
