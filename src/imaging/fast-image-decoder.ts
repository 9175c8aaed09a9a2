/** The decoder of the Worker: codecs that reduce large images while they decode them. */
import { decodeAvif, estimateAvifBytes } from "./avif/decode-avif.ts";
import { boxReducerBytes } from "./box-reducer.ts";
import { checkLimits } from "./check-limits.ts";
import { chooseBoxFactor, chooseDctScale } from "./choose-reduction.ts";
import { decodeGif, estimateGifBytes } from "./gif/decode-gif.ts";
import type { DecodeOptions, ImageDecoder } from "./image-decoder.ts";
import type { ImageHeader } from "./image-header.ts";
import { inspectImage } from "./inspect-image.ts";
import { requireJpegEnd } from "./jpeg/jpeg-header.ts";
import { estimateJpegBytes, JpegTurbo } from "./jpeg/jpeg-turbo.ts";
import { orient } from "./orient.ts";
import { decodePng, estimatePngBytes } from "./png/decode-png.ts";
import type { RgbImage } from "./rgb-image.ts";
import { decodeWebp, estimateWebpBytes } from "./webp/decode-webp.ts";

/** Where the compiled codecs come from: workerd forbids compiling at run time. */
export type CodecModules = {
  /** `@cwasm/jpeg-turbo/jpeg-turbo.wasm` */
  readonly jpegTurbo: WebAssembly.Module;
  /** `@cwasm/webp/webp.wasm`, asked for with the first WebP */
  readonly webp: () => Promise<WebAssembly.Module>;
  /** `@jsquash/avif/codec/dec/avif_dec.wasm`, asked for with the first AVIF */
  readonly avif: () => Promise<WebAssembly.Module>;
};

/** Makes a decoder; one per isolate. */
export function createFastImageDecoder(modules: CodecModules): ImageDecoder {
  const jpegTurbo = new JpegTurbo(modules.jpegTurbo);
  return {
    async decode(bytes, options) {
      const header = inspectImage(bytes);
      check(header, bytes.byteLength, options);
      const stored = await decodeStored(bytes, header, options.minShorterSide);
      return { header, image: orient(stored, header.orientation) };
    },
    check,
    estimateBytes,
  };

  async function decodeStored(
    bytes: Uint8Array,
    header: ImageHeader,
    minShorterSide: number,
  ): Promise<RgbImage> {
    const factor = chooseBoxFactor(header, minShorterSide);
    switch (header.format) {
      case "JPEG":
        requireJpegEnd(bytes, header);
        return jpegTurbo.decode(bytes, header, chooseDctScale(header, minShorterSide));
      case "PNG":
        return decodePng(bytes, header, factor);
      case "GIF":
        return decodeGif(bytes, header, factor);
      case "WEBP":
        return decodeWebp(await modules.webp(), bytes, header, factor);
      case "AVIF":
        return decodeAvif(await modules.avif(), bytes, header, factor);
    }
  }
}

function check(
  header: ImageHeader,
  fileBytes: number,
  { limits, minShorterSide }: DecodeOptions,
): void {
  checkLimits(header, fileBytes, estimateBytes(header, fileBytes, minShorterSide), limits);
}

function estimateBytes(header: ImageHeader, fileBytes: number, minShorterSide: number): number {
  const factor = chooseBoxFactor(header, minShorterSide);
  const result = boxReducerBytes(header.width, header.height, factor);
  switch (header.format) {
    case "JPEG":
      return (
        fileBytes + estimateJpegBytes(header, fileBytes, chooseDctScale(header, minShorterSide))
      );
    case "PNG":
      return fileBytes + estimatePngBytes(header, factor);
    case "GIF":
      return fileBytes + estimateGifBytes(header, factor);
    case "WEBP":
      return fileBytes + estimateWebpBytes(header, fileBytes) + result;
    case "AVIF":
      return fileBytes + estimateAvifBytes(header, fileBytes) + result;
  }
}
