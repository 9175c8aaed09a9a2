/** The portable decoder: pure JavaScript, no WebAssembly, no streams; slow, and it takes much memory. */
import { createImageDecoder, type ImageDecoder } from "./image-decoder.ts";
import { jsJpegCodec } from "./jpeg/js-codec.ts";
import { jsPngCodec } from "./png/js-codec.ts";

/** Decodes JPEG with jpeg-js and PNG with upng-js, always at full size. */
export const jsImageDecoder: ImageDecoder = createImageDecoder([jsJpegCodec, jsPngCodec], {});
