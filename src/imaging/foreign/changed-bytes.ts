/** Photos whose bytes were changed on the way, because something took them for text. */
import { hasLatin1, readLatin1 } from "../latin1.ts";
import type { ForeignFormat } from "./foreign-format.ts";

/** Every whole photo has a byte 0, nearly always among its first; a PNG also has CR and LF. */
const MIN_BYTES = 64;

/** What is left of the signatures without CR, LF and NUL, at the start of a file or after lost bytes. */
const STRIPPED: readonly (readonly [name: string, pattern: RegExp])[] = [
  ["JPEG", /^\xff\xd8\xff/],
  ["PNG", /^\x89PNG.IHDR/s],
  ["GIF", /^GIF8[79]a/],
  ["WebP", /^RIFF.{0,4}WEBP/s],
  ["AVIF", /^.{0,3}ftypavi[fs]/s],
  ["HEIC", /^.{0,3}ftyphei/s],
];

/** Photos that were decoded as UTF-8 or as Latin-1, and encoded as UTF-8 again. */
const REENCODED: readonly (readonly [name: string, pattern: RegExp])[] = [
  ["JPEG", /^(?:\xef\xbf\xbd){3}|^\xc3\xbf\xc3\x98\xc3\xbf/],
  ["PNG", /^(?:\xef\xbf\xbd|\xc2\x89)PNG\r?\n/],
  ["WebP", /^RIFF.{4,12}WEBPVP8/s],
];

/**
 * Recognises a photo without a single CR, LF or NUL: `curl -d @photo.jpg` removes them. Such a JPEG begins
 * like a whole one, so this is asked before its header is read.
 */
export function recogniseLostBytes(bytes: Uint8Array): ForeignFormat | undefined {
  if (bytes.byteLength < MIN_BYTES) return undefined;
  if ([0, 10, 13].some((byte) => bytes.includes(byte))) return undefined;
  const start = readLatin1(bytes, 0, 32);
  const known = STRIPPED.find(([, pattern]) => pattern.test(start));
  if (!known) return undefined;
  return {
    name: `A ${known[0]} without its CR, LF and NUL bytes`,
    advice:
      "They were lost on the way, as curl -d does it: send the file with curl --data-binary @photo.jpg or -F.",
  };
}

/** Recognises a photo in which line ends were changed or bytes were replaced. */
export function recogniseChangedBytes(bytes: Uint8Array): ForeignFormat | undefined {
  const lineEnds = ["\x89PNG\n\x1a\n", "\x89PNG\r\r\n", "\x89PNG\r\x1a\r"];
  if (lineEnds.some((text) => hasLatin1(bytes, text))) {
    return {
      name: "A PNG with changed line ends",
      advice: "Something copied it as text: copy and send it as binary.",
    };
  }
  const start = readLatin1(bytes, 0, 32);
  const known = REENCODED.find(([, pattern]) => pattern.test(start));
  if (!known) return undefined;
  return {
    name: `A ${known[0]} that was read as text`,
    advice:
      "Some of its bytes were replaced: read the file as binary (an ArrayBuffer, Blob or Buffer), not as a string, and send that.",
  };
}
