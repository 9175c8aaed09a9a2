/** The standard and URL-safe alphabets of RFC 4648, with optional padding. */
const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;
const WHITESPACE = /[\t\n\f\r ]+/g;

/** Returns the length of the longest Base64 text for `bytes` bytes, including line breaks. */
export function maxBase64Length(bytes: number): number {
  // MIME (RFC 2045) breaks lines after 76 characters with CR LF.
  return Math.ceil(((Math.ceil(bytes / 3) * 4) / 76) * 78) + 2;
}

/**
 * Decodes Base64 (RFC 4648, either alphabet, optional padding, whitespace ignored).
 *
 * @returns undefined if the text is not Base64
 */
export function decodeBase64(text: string): Uint8Array | undefined {
  const compact = text.replace(WHITESPACE, "");
  const digits = compact.replace(/=+$/, "");
  const padded = compact.length > digits.length;
  if (!BASE64.test(compact) || digits.length % 4 === 1 || (padded && compact.length % 4 !== 0)) {
    return undefined;
  }
  const binary = atob(digits.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** Encodes Base64 (RFC 4648, standard alphabet, padded). */
export function encodeBase64(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}
