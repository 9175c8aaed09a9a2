import type { HeaderOf } from "./codec.ts";
import type { CODECS } from "./codecs.ts";

/** What the header bytes say, with nothing decoded. */
export type ImageHeader = HeaderOf<typeof CODECS>;

/** The formats that can be decoded, named as the GraphQL enum names them. */
export type ImageFormat = ImageHeader["format"];
