/** The Worker that measures the imaging code in workerd. */

import { codecModules } from "../src/create-worker-platform.ts";
import { ImageError } from "../src/errors.ts";
import { CODECS } from "../src/imaging/codecs.ts";
import { createImageDecoder } from "../src/imaging/image-decoder.ts";
import { jsImageDecoder } from "../src/imaging/js-image-decoder.ts";
import { DEFAULT_IMAGE_LIMITS } from "../src/imaging/limits.ts";
import { decodeImage } from "../src/imaging/prepare-image.ts";
import type { DecodeSample } from "./decode-sample.ts";
import { trackMemory } from "./track-memory.ts";

const SHORTER_SIDE = 256;

export default {
  async fetch(request) {
    // Each file gets a new decoder: memory that a decoder already holds would not be counted.
    const useJs = new URL(request.url).searchParams.get("decoder") === "js";
    const decoder = useJs ? jsImageDecoder : createImageDecoder(CODECS, codecModules);
    const bytes = await request.bytes();
    const limits = {
      ...DEFAULT_IMAGE_LIMITS,
      // The file is already in memory. Only the memory for decoding is measured.
      maxBytes: bytes.byteLength,
      // The portable decoder is also measured beyond the limits of the Worker.
      maxDecodeBytes: useJs ? 4e9 : DEFAULT_IMAGE_LIMITS.maxDecodeBytes + bytes.byteLength,
    };
    const tracked = trackMemory();
    const start = performance.now();
    try {
      const options = { limits, minShorterSide: SHORTER_SIDE };
      const { header } = await decodeImage(bytes, decoder, options);
      const ms = performance.now() - start;
      const estimatedBytes = decoder.estimateBytes(header, bytes.byteLength, SHORTER_SIDE);
      return Response.json({
        ms,
        peakBytes: tracked.stop(),
        estimatedBytes,
      } satisfies DecodeSample);
    } catch (error) {
      tracked.stop();
      if (!(error instanceof ImageError)) throw error;
      const { limit, max } = error.details;
      const rejected = limit === undefined ? error.code : `${limit} is ${max}`;
      return Response.json({ rejected } satisfies DecodeSample);
    }
  },
} satisfies ExportedHandler;
