import type { AvifHeader } from "./avif/avif-header.ts";
import type { GifHeader } from "./gif/gif-header.ts";
import type { JpegHeader } from "./jpeg/jpeg-header.ts";
import type { PngHeader } from "./png/png-header.ts";
import type { WebpHeader } from "./webp/webp-header.ts";

/** The formats that can be decoded, named as the GraphQL enum names them. */
export type ImageFormat = ImageHeader["format"];

/** What the header bytes say, with nothing decoded. */
export type ImageHeader = JpegHeader | PngHeader | WebpHeader | GifHeader | AvifHeader;
