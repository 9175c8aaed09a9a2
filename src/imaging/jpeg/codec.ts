import type { Codec } from "../codec.ts";
import { FORMATS } from "../formats.ts";
import { hasLatin1 } from "../latin1.ts";
import { orient } from "../orient.ts";
import { chooseDctScale, type DctScale } from "./dct-scale.ts";
import {
  canDecodeEighth,
  decodeEighth,
  estimateEighthBytes,
  estimateEighthMs,
} from "./decode-eighth.ts";
import { estimateJpegBytes, estimateTurboMs } from "./jpeg-cost.ts";
import { type JpegHeader, readJpegHeader } from "./jpeg-header.ts";
import { JpegTurbo } from "./jpeg-turbo.ts";

/** JPEG by libjpeg-turbo; the module is `@cwasm/jpeg-turbo/jpeg-turbo.wasm`. */
export const jpegCodec = {
  ...FORMATS.JPEG,
  format: "JPEG",
  pixelLimit: "maxPixels",
  matches: (bytes) => hasLatin1(bytes, "\xff\xd8\xff"),
  readHeader: readJpegHeader,
  estimateBytes(header, fileBytes, minShorterSide) {
    const eighths = chooseDctScale(header, minShorterSide);
    const ownBytes = usesTurbo(header, eighths)
      ? estimateJpegBytes(header, eighths)
      : estimateEighthBytes(header);
    return fileBytes + ownBytes;
  },
  estimateMs(header, _fileBytes, minShorterSide) {
    const eighths = chooseDctScale(header, minShorterSide);
    return usesTurbo(header, eighths) ? estimateTurboMs(header, eighths) : estimateEighthMs(header);
  },
  createDecoder(loadModule) {
    let turbo: JpegTurbo | undefined;
    return {
      turnsUpright: true,
      async decode(bytes, header, minShorterSide) {
        const eighths = chooseDctScale(header, minShorterSide);
        if (!usesTurbo(header, eighths)) {
          return orient(decodeEighth(bytes, header), header.orientation);
        }
        turbo ??= new JpegTurbo(await loadModule());
        return turbo.decode(bytes, header, eighths);
      },
    };
  },
} as const satisfies Codec<JpegHeader>;

/** Whether libjpeg-turbo is needed: for progressive files at 1/8, it takes many times the memory. */
function usesTurbo(header: JpegHeader, eighths: DctScale): boolean {
  return eighths !== 1 || !canDecodeEighth(header);
}
