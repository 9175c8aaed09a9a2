import { FORMATS } from "../../src/imaging/formats.ts";

/**
 * The files that the page's picker offers: for its `accept` attribute. Extensions too, for systems
 * that do not know the media types of newer formats.
 */
export const ACCEPTED_FILES = Object.values(FORMATS)
  .flatMap(({ mediaTypes, extensions }) => [...mediaTypes, ...extensions.map((name) => `.${name}`)])
  .join();
