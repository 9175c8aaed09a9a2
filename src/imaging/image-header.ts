import type { AvifHeader } from "./avif-header.ts";
import type { GifHeader } from "./gif-header.ts";
import type { JpegHeader } from "./jpeg-header.ts";
import type { PngHeader } from "./png-header.ts";
import type { WebpHeader } from "./webp-header.ts";

/** The formats that can be decoded, named as the GraphQL enum names them. */
export type ImageFormat = ImageHeader["format"];

/** EXIF orientation: 1 is upright, 2 to 8 as the EXIF 2.32 specification, tag 0x0112, lists them. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** What the header bytes of every format say. Width and height are in stored pixels. */
export type CommonHeader = {
  readonly width: number;
  readonly height: number;
  readonly orientation: Orientation;
  /** 1 for a still image; of several frames the first is decoded. */
  readonly frames: number;
};

/** What the header bytes say, with nothing decoded. */
export type ImageHeader = JpegHeader | PngHeader | WebpHeader | GifHeader | AvifHeader;
