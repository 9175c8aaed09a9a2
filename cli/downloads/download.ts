/** Downloads a file: resumes what was interrupted, and verifies the SHA-256. */
import { createWriteStream } from "node:fs";
import { readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { CliError } from "../cli-error.ts";
import { sha256OfFile } from "../files/sha256.ts";
import { followRedirects, refused } from "./follow-redirects.ts";

export type Download = {
  readonly url: string;
  /** Where to write the file; until it is complete, ".part" is appended. */
  readonly path: string;
  readonly bytes?: number | undefined;
  /** If absent, the host must state it, or `trustHost` must be set. */
  readonly sha256?: string | undefined;
  /** Accepts a file without a known hash: the user gave its address. */
  readonly trustHost?: boolean;
  readonly onProgress?: (received: number, total: number | undefined) => void;
};

export type Downloaded = { readonly bytes: number; readonly sha256: string };

const ATTEMPTS = 5;
const BACKOFF_MS = 500;

/**
 * Downloads a file, and resumes what an earlier attempt has left, in this run or an earlier one.
 *
 * @throws CliError DOWNLOAD_FAILED, HASH_MISMATCH, HASH_MISSING
 */
export async function download(options: Download): Promise<Downloaded> {
  let declared: Declared = {};
  for (let attempt = 1; ; attempt++) {
    try {
      declared = await receive(options);
      break;
    } catch (error) {
      if (error instanceof CliError) throw error;
      if (attempt === ATTEMPTS) throw unreachable(options.url, error);
      await sleep(BACKOFF_MS * attempt);
    }
  }
  return verify(options, declared);
}

/** What the host states about the whole file. */
type Declared = { readonly bytes?: number | undefined; readonly sha256?: string | undefined };

async function receive({ url, path, onProgress }: Download): Promise<Declared> {
  const part = `${path}.part`;
  const tagPath = `${part}.etag`;
  const have = await stat(part).then(
    ({ size }) => size,
    () => 0,
  );
  const tag = await readFile(tagPath, "utf8").catch(() => "");
  // Without the tag, a file that has changed meanwhile would be completed with bytes of another.
  const resuming = have > 0 && tag !== "";
  const headers = resuming ? { range: `bytes=${have}-`, "if-range": tag } : undefined;
  const { response, sha256 } = await followRedirects(url, headers ?? {});
  if (response.status === 416 && resuming) {
    // All of it was there already, or the file has shrunk; the hash decides.
    await response.body?.cancel();
    return { sha256 };
  }
  if (!response.ok || !response.body) throw refused(url, String(response.status));
  const start = response.status === 206 ? have : 0;
  await writeFile(tagPath, response.headers.get("etag") ?? "");
  const declared = { bytes: readLength(response, start), sha256 };
  let received = start;
  const counted = Readable.fromWeb(response.body as import("node:stream/web").ReadableStream).on(
    "data",
    (chunk: Uint8Array) => {
      received += chunk.byteLength;
      onProgress?.(received, declared.bytes);
    },
  );
  await pipeline(counted, createWriteStream(part, { flags: start > 0 ? "a" : "w" }));
  if (declared.bytes !== undefined && received < declared.bytes) {
    throw new Error(`the connection closed after ${received} of ${declared.bytes} bytes`);
  }
  return declared;
}

/** Of the whole file; undefined if the body is compressed, and so has another length. */
function readLength({ headers }: Response, start: number): number | undefined {
  const length = headers.get("content-length");
  return length === null || headers.has("content-encoding") ? undefined : start + Number(length);
}

async function verify(
  { url, path, ...options }: Download,
  declared: Declared,
): Promise<Downloaded> {
  const part = `${path}.part`;
  const { size } = await stat(part);
  const sha256 = await sha256OfFile(part);
  const expected = options.sha256 ?? declared.sha256;
  if (expected === undefined && !options.trustHost) {
    throw new CliError("HASH_MISSING", {
      what: `${url} cannot be verified.`,
      why: `The host does not state the file's SHA-256. The file that it sent has ${sha256}.`,
      fix: "Compare it with a source that you trust, and give it as --sha256.",
    });
  }
  const problem =
    options.bytes !== undefined && size !== options.bytes
      ? `it has ${size} bytes, not ${options.bytes}`
      : expected !== undefined && sha256 !== expected
        ? `its SHA-256 is ${sha256}, not ${expected}`
        : undefined;
  await rm(`${part}.etag`, { force: true });
  if (problem === undefined) {
    await rename(part, path);
    return { bytes: size, sha256 };
  }
  await rm(part);
  throw new CliError("HASH_MISMATCH", {
    what: `${url} is not the expected file.`,
    why: `It was damaged in transit, or replaced: ${problem}.`,
    fix: "Try again. If the error persists, the file has changed: find out why before you use it.",
  });
}

function unreachable(url: string, cause: unknown): CliError {
  const reason = cause instanceof Error ? (cause.cause ?? cause) : cause;
  return new CliError("DOWNLOAD_FAILED", {
    what: `${url} cannot be downloaded.`,
    why: `${ATTEMPTS} attempts failed, the last with: ${reason instanceof Error ? reason.message : reason}.`,
    fix: "Check the network, then run the same command again to resume the download. If your network blocks the host, give --mirror URL.",
    cause,
  });
}
