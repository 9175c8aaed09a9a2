/**
 * The Worker that decodes the files of the fuzzer in workerd. The body is a batch of files, each after its
 * length in 4 bytes; the first two are sound ones that are decoded between the others.
 */

import { codecModules } from "../src/create-worker-platform.ts";
import { ImageError } from "../src/errors.ts";
import { CODECS } from "../src/imaging/codecs.ts";
import { createImageDecoder, type ImageDecoder } from "../src/imaging/image-decoder.ts";
import { inspectImage } from "../src/imaging/inspect-image.ts";
import { DEFAULT_IMAGE_LIMITS } from "../src/imaging/limits.ts";
import { sha256Hex } from "../src/sha256.ts";
import type { FuzzOutcome } from "./fuzz/fuzz-outcome.ts";
import { trackMemory } from "./track-memory.ts";

const SHORTER_SIDE = 256;
/** Decodings of a file that is timed: the clock of workerd counts whole milliseconds. */
const TIMED_RUNS = 16;

type Attempt = Pick<FuzzOutcome, "result" | "what" | "ms"> & {
  /** Of the pixels; empty unless the file was decoded. */
  readonly digest: string;
};

export default {
  async fetch(request) {
    const [sound, other, ...files] = readBatch(await request.bytes());
    if (!sound || !other) return new Response("The batch is empty.", { status: 400 });
    if (new URL(request.url).pathname === "/time") return Response.json(await timeEach(files));
    const expected = await attempt(newDecoder(), sound);
    const outcomes: FuzzOutcome[] = [];
    let used = newDecoder();
    await attempt(used, sound);
    for (const file of files) {
      const { first, peakBytes } = await attemptTracked(file);
      // Memory that the file does not overwrite has other contents the second time.
      await attempt(used, other);
      const second = await attempt(used, file);
      const after = await attempt(used, sound);
      const spoiled = differs(expected, after) ? describe(after) : undefined;
      if (spoiled !== undefined) {
        used = newDecoder();
        await attempt(used, sound);
      }
      outcomes.push({
        result: first.result,
        what: first.what,
        ms: Math.min(first.ms, second.ms),
        peakBytes,
        estimated: estimate(file),
        again: differs(first, second) ? describe(second) : undefined,
        spoiled,
      });
    }
    return Response.json(outcomes);
  },
} satisfies ExportedHandler;

/** Milliseconds of one decoding of each file. */
async function timeEach(files: readonly Uint8Array[]): Promise<number[]> {
  const decoder = newDecoder();
  const times: number[] = [];
  for (const file of files) {
    const start = performance.now();
    for (let i = 0; i < TIMED_RUNS; i++) await attempt(decoder, file);
    times.push((performance.now() - start) / TIMED_RUNS);
  }
  return times;
}

function newDecoder(): ImageDecoder {
  return createImageDecoder(CODECS, codecModules);
}

function readBatch(body: Uint8Array): Uint8Array[] {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const files: Uint8Array[] = [];
  for (let at = 0; at < body.length; ) {
    const end = at + 4 + view.getUint32(at);
    // A copy, so that a decoder which reads past the end of its file does not find the next one.
    files.push(body.slice(at + 4, end));
    at = end;
  }
  return files;
}

/** Decodes with a new decoder: memory that a decoder already holds would not be counted. */
async function attemptTracked(file: Uint8Array) {
  const decoder = newDecoder();
  const tracked = trackMemory();
  try {
    const first = await attempt(decoder, file);
    return { first, peakBytes: tracked.stop() };
  } catch (error) {
    tracked.stop();
    throw error;
  }
}

async function attempt(decoder: ImageDecoder, file: Uint8Array): Promise<Attempt> {
  const start = performance.now();
  try {
    const header = inspectImage(file);
    const options = { limits: DEFAULT_IMAGE_LIMITS, minShorterSide: SHORTER_SIDE };
    decoder.check(header, file.byteLength, options);
    const { width, height, data } = await decoder.decode(file, header, SHORTER_SIDE);
    const ms = performance.now() - start;
    if (data.length !== width * height * 3) {
      const what = `${data.length} bytes for ${width}x${height} pixels`;
      return { result: "crashed", what, ms, digest: "" };
    }
    return { result: "decoded", what: `${width}x${height}`, ms, digest: await sha256Hex(data) };
  } catch (error) {
    const ms = performance.now() - start;
    if (error instanceof ImageError) {
      return { result: "refused", what: `${error.code}: ${error.message}`, ms, digest: "" };
    }
    const what = error instanceof Error ? (error.stack ?? String(error)) : String(error);
    return { result: "crashed", what, ms, digest: "" };
  }
}

function estimate(file: Uint8Array): FuzzOutcome["estimated"] {
  try {
    const header = inspectImage(file);
    const decoder = newDecoder();
    return {
      bytes: decoder.estimateBytes(header, file.byteLength, SHORTER_SIDE) - file.byteLength,
      ms: decoder.estimateMs(header, file.byteLength, SHORTER_SIDE),
    };
  } catch {
    return undefined;
  }
}

function differs(a: Attempt, b: Attempt): boolean {
  return a.result !== b.result || a.digest !== b.digest;
}

function describe({ result, what, digest }: Attempt): string {
  return `${result}: ${what} ${digest.slice(0, 8)}`.trim();
}
