/** Brings a network's weights into a folder, verified. */
import { realpath, rename, writeFile } from "node:fs/promises";
import { CliError } from "../cli-error.ts";
import { readFileOrFail } from "../files/read-file.ts";
import { sha256 } from "../files/sha256.ts";
import { writingFailed } from "../files/writing-failed.ts";
import { ProgressBar } from "../terminal/progress-bar.ts";
import type { CatalogueEntry } from "./catalogue.ts";
import { type Downloaded, download } from "./download.ts";
import { isUrl } from "./find-source.ts";
import { toMirror } from "./mirror.ts";

export type FetchOptions = {
  readonly from: string | undefined;
  readonly sha256: string | undefined;
  readonly mirror: string | undefined;
  /** Whether to show no progress. */
  readonly json: boolean;
};

/**
 * Copies or downloads the file that an entry names to `path`.
 *
 * @throws CliError FILE_UNREADABLE, DOWNLOAD_FAILED, HASH_MISMATCH, HASH_MISSING, OPTION_INVALID
 */
export async function fetchSource(
  path: string,
  entry: CatalogueEntry,
  options: FetchOptions,
): Promise<Downloaded> {
  const expected = { bytes: entry.bytes, sha256: options.sha256 ?? entry.sha256 };
  if (!isUrl(entry.url)) return copyFile(path, entry.url, expected.sha256);
  const bar = new ProgressBar(entry.name, { silent: options.json, unit: "MB", scale: 1e6 });
  try {
    return await download({
      url: toMirror(entry.url, options.mirror),
      path,
      ...expected,
      trustHost: options.from !== undefined,
      onProgress: (received, total) => bar.update(received, total ?? entry.bytes),
      onRetry: (reason, attempt, attempts) => {
        bar.end();
        if (!options.json)
          console.error(`${entry.name}: ${reason}; attempt ${attempt} of ${attempts}`);
      },
    });
  } finally {
    bar.end();
  }
}

async function copyFile(
  path: string,
  from: string,
  expected: string | undefined,
): Promise<Downloaded> {
  const bytes = await readFileOrFail(from);
  const found = sha256(bytes);
  if (expected !== undefined && expected !== found) {
    throw new CliError("HASH_MISMATCH", {
      what: `${from} is not the expected file.`,
      why: `Its SHA-256 is ${found}, not ${expected}.`,
      fix: "Give another file, or another --sha256.",
    });
  }
  if (!(await isSameFile(path, from))) {
    try {
      await writeFile(`${path}.part`, bytes);
      await rename(`${path}.part`, path);
    } catch (cause) {
      throw writingFailed(path, cause);
    }
  }
  return { bytes: bytes.byteLength, sha256: found };
}

/** Whether two paths are the same file; false if one of them does not exist. */
export async function isSameFile(a: string, b: string): Promise<boolean> {
  const [first, second] = await Promise.all([a, b].map((path) => realpath(path).catch(() => path)));
  return first === second;
}
