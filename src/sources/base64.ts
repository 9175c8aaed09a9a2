/** Why a text is not Base64: spaces instead of plus signs, or anything else. */
export type Base64Fault = "lost plus" | "syntax";

/** Text that can be decoded: {@link readBase64Text}. */
export type Base64Text = {
  readonly text: string;
  /** Where the digits begin and end, in characters. */
  readonly start: number;
  readonly end: number;
  /** Of the decoded bytes. */
  readonly byteLength: number;
};

const SPACE = 32;
const PERCENT = 37;
const PAD = 61;
const NO_DIGIT = 255;
const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/** The value of each digit, by character code. Both alphabets of RFC 4648 count. */
const VALUES = new Uint8Array(128).fill(NO_DIGIT);
for (let value = 0; value < 64; value++) VALUES[DIGITS.charCodeAt(value)] = value;
VALUES["-".charCodeAt(0)] = 62;
VALUES["_".charCodeAt(0)] = 63;
/** Of the lines that PEM (RFC 7468) and MIME (RFC 2045) write. */
const LINE_LENGTHS = new Set([64, 76]);

/**
 * Checks Base64 from `start` on, and measures it: either alphabet of RFC 4648, optional padding, white
 * space ignored, percent-encoded (RFC 2397) or not.
 */
export function readBase64Text(text: string, start: number): Base64Text | Base64Fault {
  let digits = 0;
  let pads = 0;
  let end = text.length;
  let previousIsDigit = false;
  let spaces = 0;
  let unevenLines = 0;
  let lineStart = 0;
  for (let i = start; i < text.length; i++) {
    const at = i;
    let code = text.charCodeAt(i);
    if (code === PERCENT) {
      code = readEscape(text, i);
      i += 2;
    }
    if (isDigit(code)) {
      if (pads > 0) return "syntax";
      digits++;
      previousIsDigit = true;
      continue;
    }
    if (code === PAD) {
      if (pads === 0) end = at;
      pads++;
    } else if (!isWhitespace(code)) {
      return "syntax";
    } else if (code === SPACE && previousIsDigit && isDigit(text.charCodeAt(i + 1))) {
      spaces++;
      if (!LINE_LENGTHS.has(digits - lineStart)) unevenLines++;
      lineStart = digits;
    }
    previousIsDigit = false;
  }
  // A single space between digits is a line break that became a space, if all lines are as long as lines are.
  if (spaces > 0 && unevenLines > 0) return "lost plus";
  const complete = digits % 4 !== 1 && pads <= 2 && (pads === 0 || (digits + pads) % 4 === 0);
  if (!complete) return "syntax";
  return { text, start, end, byteLength: Math.floor((digits * 3) / 4) };
}

/** Decodes without copies of the text, which may be 14 million characters long. */
export function decodeBase64({ text, start, end, byteLength }: Base64Text): Uint8Array {
  const bytes = new Uint8Array(byteLength);
  let bits = 0;
  let pending = 0;
  let to = 0;
  for (let i = start; i < end; i++) {
    let code = text.charCodeAt(i);
    if (code === PERCENT) {
      code = readEscape(text, i);
      i += 2;
    }
    if (!isDigit(code)) continue;
    pending = ((pending << 6) | (VALUES[code] as number)) & 0xfff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[to++] = pending >> bits;
  }
  return bytes;
}

function isDigit(code: number): boolean {
  return code < 128 && VALUES[code] !== NO_DIGIT;
}

function isWhitespace(code: number): boolean {
  return code === SPACE || code === 9 || code === 10 || code === 12 || code === 13;
}

/** The character that `%XX` stands for; NaN if it is none. */
function readEscape(text: string, at: number): number {
  const hex = text.slice(at + 1, at + 3);
  return /^[\da-f]{2}$/i.test(hex) ? Number.parseInt(hex, 16) : Number.NaN;
}

/** Encodes Base64 (RFC 4648, standard alphabet, padded). */
export function encodeBase64(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}
