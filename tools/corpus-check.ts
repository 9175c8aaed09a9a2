/** Decodes image corpora and compares the results with Pillow's. */
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { ImageError } from "../src/errors.ts";
import type { ImageDecoder } from "../src/imaging/image-decoder.ts";
import type { ImageLimits } from "../src/imaging/limits.ts";
import { swapsSides } from "../src/imaging/orient.ts";
import { decodeImage } from "../src/imaging/prepare-image.ts";
import type { RgbImage } from "../src/imaging/rgb-image.ts";

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

const THUMB_SIDE = 8;
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
  const thumb = makeThumb(image);
  const total = thumb.reduce(
    (sum, value, i) => sum + Math.abs(value - (expected.thumb8[i] ?? 0)),
    0,
  );
  const difference = total / thumb.length;
  return difference <= THUMB_TOLERANCE
    ? {}
    : { mismatch: `its thumbnail differs by ${difference.toFixed(1)}` };
}

/** Pillow's box filter to 8x8. */
function makeThumb({ width, height, data }: RgbImage): number[] {
  const columns = boxes(width);
  return boxes(height).flatMap((rows) =>
    columns.flatMap(([left, right]) =>
      [0, 1, 2].map((channel) => {
        let sum = 0;
        for (let y = rows[0]; y < rows[1]; y++) {
          for (let x = left; x < right; x++) sum += data[(y * width + x) * 3 + channel] as number;
        }
        return sum / ((rows[1] - rows[0]) * (right - left));
      }),
    ),
  );
}

function boxes(size: number): [start: number, end: number][] {
  const scale = size / THUMB_SIDE;
  const support = Math.max(scale, 1) / 2;
  return Array.from({ length: THUMB_SIDE }, (_, i) => {
    const center = (i + 0.5) * scale;
    const start = Math.max(Math.trunc(center - support + 0.5), 0);
    return [start, Math.max(Math.min(Math.trunc(center + support + 0.5), size), start + 1)];
  });
}

function isImageFile(name: string): boolean {
  return !/\.(?:json|md|txt)$/i.test(name);
}
