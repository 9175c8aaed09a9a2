import type { AnyCodec, HeaderOf, LoadModule, ModulesOf } from "./codec.ts";
import type { CommonHeader } from "./common-header.ts";
import { formatName } from "./formats.ts";
import { unsupportedFormat } from "./image-errors.ts";
import type { ImageHeader } from "./image-header.ts";
import { checkLimits, type ImageLimits } from "./limits.ts";
import { orient } from "./orient.ts";
import type { RgbImage } from "./rgb-image.ts";

/** What an image is decoded for. */
export type DecodeOptions = {
  readonly limits: ImageLimits;
  /**
   * The shorter side that the caller needs, in pixels. A decoder may reduce the image while it
   * decodes, as long as its shorter side does not become shorter than this.
   */
  readonly minShorterSide: number;
};

/** Turns encoded images into pixels. Headers come from `inspectImage`. */
export type ImageDecoder<Header extends CommonHeader = ImageHeader> = {
  /**
   * Checks an image by its header alone, before anything is allocated for it.
   *
   * @throws ImageError IMAGE_UNSUPPORTED if this decoder lacks the format, IMAGE_TOO_LARGE
   */
  check(header: Header, fileBytes: number, options: DecodeOptions): void;
  /**
   * Estimates the peak memory of decoding in bytes, the file included: the file alone if this decoder
   * lacks the format.
   */
  estimateBytes(header: Header, fileBytes: number, minShorterSide: number): number;
  /** Estimates the CPU time of decoding in milliseconds: 0 if this decoder lacks the format. */
  estimateMs(header: Header, fileBytes: number, minShorterSide: number): number;
  /**
   * Decodes to upright, opaque pixels: EXIF orientation (and AVIF's rotation and mirroring) applied,
   * alpha composited over white. Rejects with an ImageError. Does not check limits: call `check`
   * first.
   */
  decode(bytes: Uint8Array, header: Header, minShorterSide: number): Promise<RgbImage>;
};

/**
 * Makes a decoder. One per isolate is enough; it may keep the memory of a codec between two images.
 *
 * @param modules - the compiled WebAssembly of the codecs, by format
 */
export function createImageDecoder<const Codecs extends readonly AnyCodec[]>(
  codecs: Codecs,
  modules: ModulesOf<Codecs>,
): ImageDecoder<HeaderOf<Codecs>> {
  const loaders: Readonly<Record<string, LoadModule>> = modules;
  const rows = new Map(
    codecs.map((codec) => {
      const decoder = codec.createDecoder(loaders[codec.format] ?? noModule);
      return [codec.format, { codec, decoder }] as const;
    }),
  );
  return {
    check(header, fileBytes, { limits, minShorterSide }) {
      const { codec } = rowOf(header);
      const decodeBytes = estimateBytes(header, fileBytes, minShorterSide);
      const decodeMs = codec.estimateMs(header, fileBytes, minShorterSide);
      checkLimits(codec, header, { fileBytes, decodeBytes, decodeMs }, limits);
    },
    estimateBytes,
    estimateMs(header, fileBytes, minShorterSide) {
      return rows.get(header.format)?.codec.estimateMs(header, fileBytes, minShorterSide) ?? 0;
    },
    async decode(bytes, header, minShorterSide) {
      const { decoder } = rowOf(header);
      const image = await decoder.decode(bytes, header, minShorterSide);
      return decoder.turnsUpright ? image : orient(image, header.orientation);
    },
  };

  function estimateBytes(header: CommonHeader, fileBytes: number, minShorterSide: number): number {
    const row = rows.get(header.format);
    if (!row) return fileBytes;
    const copied = header.orientation !== 1 && !row.decoder.turnsUpright;
    const copyBytes = copied ? header.width * header.height * 3 : 0;
    return row.codec.estimateBytes(header, fileBytes, minShorterSide) + copyBytes;
  }

  function rowOf({ format }: CommonHeader) {
    const row = rows.get(format);
    if (!row) throw unsupportedFormat(formatName(format));
    return row;
  }
}

/** The types rule this out: {@link ModulesOf} names every codec that takes a module. */
async function noModule(): Promise<never> {
  throw new Error("A codec takes a WebAssembly module that it was not given.");
}
