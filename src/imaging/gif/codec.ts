import { chooseBoxFactor } from "../choose-reduction.ts";
import type { Codec } from "../codec.ts";
import { FORMATS } from "../formats.ts";
import { hasLatin1 } from "../latin1.ts";
import { decodeGif, estimateGifBytes, estimateGifMs } from "./decode-gif.ts";
import { type GifHeader, readGifHeader } from "./gif-header.ts";

/** GIF, first frame only, decoded and reduced row by row. */
export const gifCodec = {
  ...FORMATS.GIF,
  format: "GIF",
  pixelLimit: "maxPixels",
  matches: (bytes) => hasLatin1(bytes, "GIF87a") || hasLatin1(bytes, "GIF89a"),
  readHeader: readGifHeader,
  estimateBytes(header, fileBytes, minShorterSide) {
    return fileBytes + estimateGifBytes(header, chooseBoxFactor(header, minShorterSide));
  },
  estimateMs(header, fileBytes, minShorterSide) {
    return estimateGifMs(header, fileBytes, chooseBoxFactor(header, minShorterSide));
  },
  createDecoder: () => ({
    turnsUpright: true,
    decode: (bytes, header, minShorterSide) =>
      decodeGif(bytes, header, chooseBoxFactor(header, minShorterSide)),
  }),
} as const satisfies Codec<GifHeader>;
