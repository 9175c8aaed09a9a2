import type { Codec } from "../codec.ts";
import { FORMATS } from "../formats.ts";
import { hasLatin1 } from "../latin1.ts";
import { chooseDctScale } from "./dct-scale.ts";
import { type JpegHeader, readJpegHeader } from "./jpeg-header.ts";
import { estimateJpegBytes, JpegTurbo } from "./jpeg-turbo.ts";

/** JPEG by libjpeg-turbo; the module is `@cwasm/jpeg-turbo/jpeg-turbo.wasm`. */
export const jpegCodec = {
  ...FORMATS.JPEG,
  format: "JPEG",
  pixelLimit: "maxPixels",
  matches: (bytes) => hasLatin1(bytes, "\xff\xd8\xff"),
  readHeader: readJpegHeader,
  estimateBytes(header, fileBytes, minShorterSide) {
    const eighths = chooseDctScale(header, minShorterSide);
    return fileBytes + estimateJpegBytes(header, eighths);
  },
  estimateMs(header, fileBytes) {
    return (header.width * header.height) / 100_000 + fileBytes / 50_000;
  },
  createDecoder(loadModule) {
    let turbo: JpegTurbo | undefined;
    return {
      async decode(bytes, header, minShorterSide) {
        turbo ??= new JpegTurbo(await loadModule());
        return turbo.decode(bytes, header, chooseDctScale(header, minShorterSide));
      },
    };
  },
} as const satisfies Codec<JpegHeader>;
