/** Downloads a file: resumes what was interrupted, and verifies the SHA-256. */
import { setTimeout as sleep } from "node:timers/promises";
import { CliError } from "../cli-error.ts";
import { sha256OfFile } from "../files/sha256.ts";
import { discard, followRedirects, refused } from "./follow-redirects.ts";
import type { HttpResponse } from "./http-get.ts";
import { PartialFile } from "./partial-file.ts";

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
  /** Told why an attempt failed, before the next one. */
  readonly onRetry?: (reason: string, attempt: number, attempts: number) => void;
  /** How long the host may send nothing before the next attempt, in milliseconds. */
  readonly idleMs?: number;
};

export type Downloaded = { readonly bytes: number; readonly sha256: string };

const ATTEMPTS = 5;
const BACKOFF_MS = 500;
const IDLE_MS = 30_000;
/** Statuses that a later attempt may not get. */
const TEMPORARY: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

/**
 * Downloads a file, and resumes what an earlier attempt has left, in this run or an earlier one.
 *
 * @throws CliError DOWNLOAD_FAILED, FILE_UNWRITABLE, HASH_MISMATCH, HASH_MISSING
 */
export async function download(options: Download): Promise<Downloaded> {
  const part = new PartialFile(options.path);
  for (let attempt = 1; ; attempt++) {
    try {
      const received = await receive(options, part);
      const verified = await verify(options, received, part);
      if (verified) return verified;
      // What was resumed without a tag did not fit. It is gone now, so the next attempt is a fresh one.
      attempt--;
    } catch (error) {
      if (error instanceof CliError) throw error;
      if (attempt === ATTEMPTS) throw unreachable(options.url, error);
      options.onRetry?.(describe(error), attempt + 1, ATTEMPTS);
      await sleep(BACKOFF_MS * attempt);
    }
  }
}

type Received = {
  /** What the host states about the whole file. */
  readonly sha256?: string | undefined;
  /** Whether bytes were added to earlier ones although no tag shows that they belong together. */
  readonly untagged: boolean;
};

async function receive(options: Download, part: PartialFile): Promise<Received> {
  const { url, onProgress, idleMs = IDLE_MS } = options;
  const have = await part.size();
  const tag = await part.tag();
  // Without a tag, a file that has changed meanwhile would be completed with bytes of another, unless a
  // known hash reveals it.
  const resuming = have > 0 && (tag !== "" || options.sha256 !== undefined);
  const untagged = resuming && tag === "";
  const range = { range: `bytes=${have}-`, ...(tag === "" ? {} : { "if-range": tag }) };
  const { response, sha256 } = await followRedirects(url, resuming ? range : {}, idleMs);
  const { status } = response;
  if (status === 416 && resuming) {
    // All of it was there already, or the file has shrunk.
    discard(response);
    const total = /^bytes \*\/(\d+)$/.exec(response.headers["content-range"] ?? "")?.[1];
    if (total === undefined || Number(total) === have) return { sha256, untagged: true };
    await part.remove();
    throw new Error(`the file has ${total} bytes now`);
  }
  if (status !== 200 && !(status === 206 && resuming)) {
    discard(response);
    if (TEMPORARY.has(status)) throw new Error(`the host answered ${status}`);
    throw refused(url, String(status));
  }
  if (status === 206 && !continues(response, have)) {
    discard(response);
    await part.remove();
    throw new Error("the host sent another part of the file than was asked for");
  }
  const start = status === 206 ? have : 0;
  if (start === 0) await part.setTag(readTag(response));
  const total = readLength(response, start);
  let received = start;
  await part.receive(response.body, start, (count) => {
    received += count;
    onProgress?.(received, total);
  });
  if (total !== undefined && received < total) {
    throw new Error(`the connection closed after ${received} of ${total} bytes`);
  }
  return { sha256, untagged: untagged && start > 0 };
}

function continues({ headers }: HttpResponse, have: number): boolean {
  const range = headers["content-range"];
  return (
    headers["content-encoding"] === undefined &&
    (range === undefined || range.startsWith(`bytes ${have}-`))
  );
}

/** What If-Range accepts: a strong ETag, or else the date of the last change. */
function readTag({ headers }: HttpResponse): string {
  // The bytes on disk are not those that a range of a compressed file counts.
  if (headers["content-encoding"] !== undefined) return "";
  const { etag = "", "last-modified": modified = "" } = headers;
  return etag.startsWith('"') ? etag : modified;
}

/** Of the whole file; undefined if the body is compressed, and so has another length. */
function readLength({ headers }: HttpResponse, start: number): number | undefined {
  const length = headers["content-length"];
  const encoded = headers["content-encoding"] !== undefined;
  return length === undefined || encoded ? undefined : start + Number(length);
}

/** @returns undefined if the file is wrong, but may have been put together from two different ones */
async function verify(
  { url, ...options }: Download,
  declared: Received,
  part: PartialFile,
): Promise<Downloaded | undefined> {
  const size = await part.size();
  const sha256 = await sha256OfFile(part.path);
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
  if (problem === undefined) {
    await part.complete();
    return { bytes: size, sha256 };
  }
  await part.remove();
  if (declared.untagged) return undefined;
  throw new CliError("HASH_MISMATCH", {
    what: `${url} is not the expected file.`,
    why: `It was damaged in transit, or replaced: ${problem}.`,
    fix: "Try again. If the error persists, the file has changed: find out why before you use it.",
  });
}

function unreachable(url: string, cause: unknown): CliError {
  return new CliError("DOWNLOAD_FAILED", {
    what: `${url} cannot be downloaded.`,
    why: `${ATTEMPTS} attempts failed, the last with: ${describe(cause)}.`,
    fix: "Check the network, then run the same command again to resume the download. If your network blocks the host, give --mirror URL.",
    cause,
  });
}

/** Some errors of node:net have no message, but contain others. */
function describe(cause: unknown): string {
  const inner = cause instanceof AggregateError ? cause.errors[0] : cause;
  if (!(inner instanceof Error)) return String(inner);
  return inner.message || String((inner as NodeJS.ErrnoException).code);
}
