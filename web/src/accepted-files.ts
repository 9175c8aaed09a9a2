import { FORMATS } from "../../src/imaging/formats.ts";

/**
 * Value of the file picker's `accept` attribute. It has extensions too, for systems that do not know the
 * media types of newer formats.
 */
export const ACCEPTED_FILES = Object.values(FORMATS)
  .flatMap(({ mediaTypes, extensions }) => [...mediaTypes, ...extensions.map((name) => `.${name}`)])
  .join();
