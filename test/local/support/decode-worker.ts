/**
 * A Worker around the imaging code of the product, built by wrangler, for what /classify does not
 * return: pixels, memory and time. It decodes the body as the Worker does.
 */
import { trackMemory } from "../../../bench/track-memory.ts";
import { codecModules } from "../../../src/create-worker-platform.ts";
import { AppError } from "../../../src/errors.ts";
import { HTTP_ERRORS } from "../../../src/http/errors.ts";
import { CODECS } from "../../../src/imaging/codecs.ts";
import { createImageDecoder } from "../../../src/imaging/image-decoder.ts";
import { inspectImage } from "../../../src/imaging/inspect-image.ts";
import { DEFAULT_IMAGE_LIMITS } from "../../../src/imaging/limits.ts";
import { makeThumb } from "../../../tools/thumb.ts";
import type { DecodeOutcome } from "./decode-outcome.ts";

const SHORTER_SIDE = 256;

export default {
  async fetch(request) {
    const bytes = await request.bytes();
    // Each file gets a new decoder: memory that a decoder already holds would not be counted.
    const decoder = createImageDecoder(CODECS, codecModules);
    const start = performance.now();
    let tracked: ReturnType<typeof trackMemory> | undefined;
    try {
      const header = inspectImage(bytes);
      const options = { limits: DEFAULT_IMAGE_LIMITS, minShorterSide: SHORTER_SIDE };
      decoder.check(header, bytes.byteLength, options);
      tracked = trackMemory();
      const image = await decoder.decode(bytes, header, SHORTER_SIDE);
      const peakBytes = tracked.stop();
      const { format, width, height, orientation, frames } = header;
      const outcome: DecodeOutcome = {
        status: 200,
        header: { format, width, height, orientation, frames },
        thumb8: makeThumb(image),
        ms: performance.now() - start,
        estimatedMs: decoder.estimateMs(header, bytes.byteLength, SHORTER_SIDE),
        // The file is counted by whoever holds it.
        peakBytes,
        estimatedBytes:
          decoder.estimateBytes(header, bytes.byteLength, SHORTER_SIDE) - bytes.byteLength,
      };
      return Response.json(outcome);
    } catch (error) {
      tracked?.stop();
      const ms = performance.now() - start;
      const outcome: DecodeOutcome =
        error instanceof AppError
          ? { status: HTTP_ERRORS[error.code].status, code: error.code, message: error.message, ms }
          : { status: 500, code: "CRASH", message: String(error), ms };
      return Response.json(outcome);
    }
  },
} satisfies ExportedHandler;
