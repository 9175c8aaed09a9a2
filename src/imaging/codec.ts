/** What the imaging code knows about one format: a row of the table in codecs.ts. */
import type { CommonHeader } from "./common-header.ts";
import type { FormatFacts } from "./formats.ts";
import type { RgbImage } from "./rgb-image.ts";

/** A format that can be recognised, inspected and decoded. */
export type Codec<Header extends CommonHeader> = FormatFacts & {
  /** The name in the GraphQL enum `ImageFormat`. */
  readonly format: Header["format"];
  /** The limit on width times height: the lower one if an image is reduced after decoding only. */
  readonly pixelLimit: "maxPixels" | "maxWholePixels";
  /** Recognises the format by the first bytes of a file. */
  matches(bytes: Uint8Array): boolean;
  /**
   * Reads the header; nothing is decoded.
   *
   * @throws ImageError IMAGE_CORRUPT; IMAGE_UNSUPPORTED for a variant that is not decoded
   */
  readHeader(bytes: Uint8Array): Header;
  /** Estimates the peak memory of decoding in bytes, the file included. */
  estimateBytes(header: Header, fileBytes: number, minShorterSide: number): number;
  /**
   * Estimates the CPU time of decoding in milliseconds on the machine that docs/security.md names, from
   * the work that the header implies: pixels, bytes, scans, passes. It is what the image is priced at.
   */
  estimateMs(header: Header, fileBytes: number, minShorterSide: number): number;
  /**
   * Makes what decodes. Each image decoder calls this once, so state may be kept from one image to
   * the next.
   *
   * @param loadModule - compiled WebAssembly. Only a codec that declares this parameter gets one:
   *   {@link ModulesOf} asks the platform for the modules of exactly those codecs.
   */
  createDecoder(loadModule: LoadModule): FormatDecoder<Header>;
};

export type AnyCodec = Codec<CommonHeader>;

export type FormatDecoder<Header extends CommonHeader> = {
  /**
   * If true, `decode` applies the orientation. Otherwise the pixels are turned after it, into a copy that
   * estimates of memory count at full size.
   */
  readonly turnsUpright?: boolean;
  /**
   * Decodes to opaque pixels: upright, or as stored if {@link turnsUpright} is not true. Throws or rejects
   * with an ImageError.
   *
   * @param minShorterSide - the shorter side that the caller needs, in pixels. The image may be
   *   reduced as long as its shorter side does not become shorter than this.
   */
  decode(bytes: Uint8Array, header: Header, minShorterSide: number): RgbImage | Promise<RgbImage>;
};

/** Gives a compiled module. It is called with the first image that needs it, or with each. */
export type LoadModule = () => Promise<WebAssembly.Module>;

/** The headers that the codecs of a table read. */
export type HeaderOf<Codecs extends readonly AnyCodec[]> = ReturnType<Codecs[number]["readHeader"]>;

/** The WebAssembly modules that the codecs of a table need, by format. */
export type ModulesOf<Codecs extends readonly AnyCodec[]> = {
  readonly [Row in Codecs[number] as Parameters<Row["createDecoder"]> extends []
    ? never
    : Row["format"]]: LoadModule;
};
