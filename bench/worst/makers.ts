/** Every maker, by its name. A new one is a row here. */
import { avif } from "./images/avif.ts";
import { gif } from "./images/gif.ts";
import { baselineJpeg, progressiveJpeg } from "./images/jpeg.ts";
import { noImage, photo } from "./images/photo.ts";
import { png } from "./images/png.ts";
import { losslessWebp, lossyWebp } from "./images/webp.ts";
import { longDocument, overlapping, queryFields } from "./requests/documents.ts";
import { imageFields } from "./requests/image-fields.ts";
import { largeJson, manyHeaders, multipartMap } from "./requests/large-bodies.ts";
import { uploadPhoto } from "./requests/upload-photo.ts";

export const IMAGE_MAKERS = [
  photo,
  baselineJpeg,
  progressiveJpeg,
  png,
  gif,
  losslessWebp,
  lossyWebp,
  avif,
  noImage,
] as const;

export const REQUEST_MAKERS = [
  uploadPhoto,
  imageFields,
  queryFields,
  overlapping,
  longDocument,
  largeJson,
  multipartMap,
  manyHeaders,
] as const;
