/** Decodes image corpora and compares the results with Pillow's. */
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { ImageError } from "../src/errors.ts";
import type { ImageDecoder } from "../src/imaging/image-decoder.ts";
import type { ImageLimits } from "../src/imaging/limits.ts";
import { swapsSides } from "../src/imaging/orient.ts";
import { decodeImage } from "../src/imaging/prepare-image.ts";
import type { RgbImage } from "../src/imaging/rgb-image.ts";
import { makeThumb, thumbDifference } from "./thumb.ts";

export type CorpusResult = {
  readonly folder: string;
  readonly file: string;
  readonly outcome: "decoded" | "refused" | "crash";
  /** How it differs from the expected result; undefined if it agrees, or nothing is expected. */
  readonly mismatch?: string;
  readonly message?: string;
  readonly elapsedMs: number;
};

/** An entry of a folder's `expected.json`. */
type Expected =
  | { readonly width: number; readonly height: number; readonly thumb8: readonly number[] }
  | { readonly error: string };

/** Mean absolute difference of the thumbnails in 8-bit steps; from the README of the corpora. */
const THUMB_TOLERANCE = 4;

/** Every folder below `root` that holds image files, by path. */
export async function listCorpusFolders(root: URL): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const folders = entries
    .filter((entry) => entry.isFile() && isImageFile(entry.name))
    .map((entry) => entry.parentPath.slice(root.pathname.length));
  return [...new Set(folders)].sort();
}

/** Decodes every file of a folder and compares. */
export async function checkCorpusFolder(
  root: URL,
  folder: string,
  decoder: ImageDecoder,
  limits: ImageLimits,
): Promise<CorpusResult[]> {
  const url = new URL(`${folder}/`, root);
  const expectedUrl = new URL("expected.json", url);
  const expected: Record<string, Expected> = existsSync(expectedUrl)
    ? JSON.parse(await readFile(expectedUrl, "utf8"))
    : {};
  const results: CorpusResult[] = [];
  for (const file of (await readdir(url)).filter(isImageFile).sort()) {
    const bytes = new Uint8Array(await readFile(new URL(encodeURIComponent(file), url)));
    results.push({ folder, file, ...(await checkFile(bytes, expected[file], decoder, limits)) });
  }
  return results;
}

async function checkFile(
  bytes: Uint8Array,
  expected: Expected | undefined,
  decoder: ImageDecoder,
  limits: ImageLimits,
): Promise<Omit<CorpusResult, "folder" | "file">> {
  const start = performance.now();
  try {
    const { header, image } = await decodeImage(bytes, decoder, { limits, minShorterSide: 256 });
    const elapsedMs = performance.now() - start;
    const swap = swapsSides(header.orientation);
    const size = {
      width: swap ? header.height : header.width,
      height: swap ? header.width : header.height,
    };
    return { outcome: "decoded", elapsedMs, ...findMismatch(size, image, expected) };
  } catch (error) {
    const elapsedMs = performance.now() - start;
    const message = String(error);
    if (!(error instanceof ImageError)) {
      return { outcome: "crash", elapsedMs, message, mismatch: message };
    }
    const mismatch = expected && !("error" in expected) ? { mismatch: message } : {};
    return { outcome: "refused", elapsedMs, message, ...mismatch };
  }
}

function findMismatch(
  size: { readonly width: number; readonly height: number },
  image: RgbImage,
  expected: Expected | undefined,
): { mismatch?: string } {
  if (!expected) return {};
  if ("error" in expected) return { mismatch: `Pillow refuses it (${expected.error})` };
  if (size.width !== expected.width || size.height !== expected.height) {
    return {
      mismatch: `is ${size.width}x${size.height}, not ${expected.width}x${expected.height}`,
    };
  }
  const difference = thumbDifference(makeThumb(image), expected.thumb8);
  return difference <= THUMB_TOLERANCE
    ? {}
    : { mismatch: `its thumbnail differs by ${difference.toFixed(1)}` };
}

function isImageFile(name: string): boolean {
  return !/\.(?:json|md|txt)$/i.test(name);
}
