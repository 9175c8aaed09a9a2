import { chooseBoxFactor } from "../choose-reduction.ts";
import type { Codec } from "../codec.ts";
import { FORMATS } from "../formats.ts";
import { hasLatin1 } from "../latin1.ts";
import { decodeWebp } from "./decode-webp.ts";
import { estimateWebpBytes, estimateWebpMs } from "./webp-cost.ts";
import { readWebpHeader, type WebpHeader } from "./webp-header.ts";

/** WebP by libwebp; the module is `@cwasm/webp/webp.wasm`. */
export const webpCodec = {
  ...FORMATS.WEBP,
  format: "WEBP",
  pixelLimit: "maxWholePixels",
  matches: (bytes) => hasLatin1(bytes, "WEBP", 8),
  readHeader: readWebpHeader,
  estimateBytes(header, fileBytes, minShorterSide) {
    const factor = chooseBoxFactor(header, minShorterSide);
    return fileBytes + estimateWebpBytes(header, factor);
  },
  estimateMs: estimateWebpMs,
  createDecoder: (loadModule) => ({
    turnsUpright: true,
    async decode(bytes, header, minShorterSide) {
      const factor = chooseBoxFactor(header, minShorterSide);
      return decodeWebp(await loadModule(), bytes, header, factor);
    },
  }),
} as const satisfies Codec<WebpHeader>;
