/** The decoder of the Worker: WebAssembly codecs that reduce large images while they decode. */
import { checkLimits } from "./check-limits.ts";
import { chooseDctScale } from "./choose-dct-scale.ts";
import type { ImageDecoder } from "./image-decoder.ts";
import { inspectImage } from "./inspect-image.ts";
import { readJpegHeader, requireJpegEnd } from "./jpeg-header.ts";
import { JpegTurbo } from "./jpeg-turbo.ts";
import { jsImageDecoder } from "./js-image-decoder.ts";
import { orient } from "./orient.ts";

/** The compiled modules of the codecs; workerd forbids compiling at run time. */
export type CodecModules = {
  /** `@cwasm/jpeg-turbo/jpeg-turbo.wasm` */
  readonly jpegTurbo: WebAssembly.Module;
};

/** Makes a decoder; one per isolate. */
export function createFastImageDecoder(modules: CodecModules): ImageDecoder {
  const jpegTurbo = new JpegTurbo(modules.jpegTurbo);
  return async (bytes, options) => {
    const header = inspectImage(bytes);
    checkLimits(bytes, header, options.limits);
    if (header.format !== "JPEG") return jsImageDecoder(bytes, options);
    const jpeg = readJpegHeader(bytes);
    requireJpegEnd(bytes, jpeg);
    const stored = jpegTurbo.decode(bytes, jpeg, chooseDctScale(jpeg, options.minShorterSide));
    return { header, image: orient(stored, header.orientation) };
  };
}
