import { chooseBoxFactor } from "../choose-reduction.ts";
import type { Codec } from "../codec.ts";
import { FORMATS } from "../formats.ts";
import { hasLatin1 } from "../latin1.ts";
import { decodePng, estimatePngBytes, estimatePngMs } from "./decode-png.ts";
import { type PngHeader, readPngHeader } from "./png-header.ts";

/** PNG, decoded and reduced row by row. */
export const pngCodec = {
  ...FORMATS.PNG,
  format: "PNG",
  pixelLimit: "maxPixels",
  matches: (bytes) => hasLatin1(bytes, "\x89PNG\r\n\x1a\n"),
  readHeader: readPngHeader,
  estimateBytes(header, fileBytes, minShorterSide) {
    return fileBytes + estimatePngBytes(header, chooseBoxFactor(header, minShorterSide));
  },
  estimateMs(header, fileBytes, minShorterSide) {
    return estimatePngMs(header, fileBytes, chooseBoxFactor(header, minShorterSide));
  },
  createDecoder: () => ({
    turnsUpright: true,
    decode: (bytes, header, minShorterSide) =>
      decodePng(bytes, header, chooseBoxFactor(header, minShorterSide)),
  }),
} as const satisfies Codec<PngHeader>;
