/** Downloads a file: with resumption, and believed only where its hash is the one expected. */
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { CliError } from "../cli-error.ts";

/** What to download. */
export type Download = {
  readonly url: string;
  /** Where the file goes; while it comes, `path` with ".part" after it. */
  readonly path: string;
  readonly bytes?: number | undefined;
  /** Where it is not given, the host must tell it, or `trustHost` be set. */
  readonly sha256?: string | undefined;
  /** Takes a file that nobody gave a hash of: the user named its address himself. */
  readonly trustHost?: boolean;
  readonly onProgress?: (received: number, total: number | undefined) => void;
};

/** What came. */
export type Downloaded = { readonly bytes: number; readonly sha256: string };

const ATTEMPTS = 5;
const BACKOFF_MS = 500;
const MAX_REDIRECTS = 5;
const SHA256 = /^"?([0-9a-f]{64})"?$/;

/**
 * Downloads a file, going on where an earlier attempt broke off, in this run or a former one.
 *
 * @throws CliError where the host refuses or cannot be reached, or sends something else than expected
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

/** What the host says of the whole file. */
type Declared = { readonly bytes?: number | undefined; readonly sha256?: string | undefined };

async function receive({ url, path, onProgress }: Download): Promise<Declared> {
  const part = `${path}.part`;
  const tagPath = `${part}.etag`;
  const have = await stat(part).then(
    ({ size }) => size,
    () => 0,
  );
  const tag = await readFile(tagPath, "utf8").catch(() => "");
  // Without the tag a file that has changed meanwhile would be continued with bytes of another.
  const resuming = have > 0 && tag !== "";
  const headers = resuming ? { range: `bytes=${have}-`, "if-range": tag } : undefined;
  const { response, sha256 } = await follow(url, headers ?? {});
  if (response.status === 416 && resuming) {
    // All of it was there already, or it has shrunk: the hash tells.
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
    throw new Error(`the connection broke after ${received} of ${declared.bytes} bytes`);
  }
  return declared;
}

/**
 * Follows redirects by hand: Hugging Face tells a file's SHA-256 on the redirect to where it lies, and
 * not there.
 */
async function follow(url: string, headers: Record<string, string>) {
  let at = url;
  let sha256: string | undefined;
  for (let hops = 0; ; hops++) {
    const response = await fetch(at, { headers, redirect: "manual" });
    sha256 ??= SHA256.exec(response.headers.get("x-linked-etag") ?? "")?.[1];
    const location = response.headers.get("location");
    if (response.status < 300 || response.status >= 400 || location === null) {
      return { response, sha256 };
    }
    await response.body?.cancel();
    if (hops === MAX_REDIRECTS) throw refused(url, `${MAX_REDIRECTS + 1} redirects in a row`);
    at = new URL(location, at).href;
  }
}

/** Of the whole file; undefined where a compressed body has another length than the file. */
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
  const hash = createHash("sha256");
  await pipeline(createReadStream(part), hash);
  const sha256 = hash.digest("hex");
  const expected = options.sha256 ?? declared.sha256;
  if (expected === undefined && !options.trustHost) {
    throw new CliError(
      `${url} cannot be verified.`,
      `The host does not tell the file's SHA-256. What came has ${sha256}.`,
      "Compare that with a source that you trust, and give it as --sha256.",
    );
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
  throw new CliError(
    `${url} is not the file that was expected.`,
    `It was damaged on the way, or replaced: ${problem}.`,
    "Try again. If it stays so, the file has changed: do not use it before you know why.",
  );
}

function refused(url: string, answer: string): CliError {
  return new CliError(
    `${url} cannot be downloaded.`,
    `The host answered ${answer}.`,
    "Check the address; behind a network that blocks the host give --mirror URL.",
  );
}

function unreachable(url: string, cause: unknown): CliError {
  const reason = cause instanceof Error ? (cause.cause ?? cause) : cause;
  return new CliError(
    `${url} cannot be downloaded.`,
    `${ATTEMPTS} attempts failed, the last with: ${reason instanceof Error ? reason.message : reason}.`,
    "Check the network and run the same command again: it goes on where it broke off. Behind a network that blocks the host give --mirror URL.",
    cause,
  );
}
