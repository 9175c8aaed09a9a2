/** Text that is sent instead of a photo. */
import { readLatin1 } from "../latin1.ts";
import type { ForeignFormat } from "./foreign-format.ts";

const SEARCHED_BYTES = 4096;

const SVG: ForeignFormat = {
  name: "SVG",
  advice: "It is a drawing, not a photo: render it to PNG and send that.",
};
const HTML: ForeignFormat = {
  name: "HTML",
  advice: "It is a web page: find the address of the image itself and send that.",
};
const BASE64_ADVICE =
  'Send the bytes themselves, or give the text to GraphQL as "base64" of ImageInput.';

/** In the order in which they are tried. */
const KINDS: readonly (ForeignFormat & { readonly pattern: RegExp })[] = [
  { ...HTML, pattern: /^<!doctype html/i },
  { ...SVG, pattern: /^<(?:\w+:)?svg[\s>/]/i },
  {
    ...HTML,
    pattern:
      /^<(?:html|head|body|title|meta|link|script|style|div|p|a|h\d|table|center|img|main|span|form|iframe)[\s>/]/i,
  },
  {
    name: "A Git LFS pointer",
    pattern: /^version https:\/\/(?:git-lfs|hawser)\.github\.com\//,
    advice:
      "It stands for the photo in a Git repository: fetch the photo with git lfs pull and send that.",
  },
  { name: "A data URI", pattern: /^data:/i, advice: BASE64_ADVICE },
  {
    name: "Base64 text",
    pattern: /^(?:\/9j\/|iVBORw0K|UklGR|R0lGOD|AAAA[\w+/]{2}Z0eX)/,
    advice: BASE64_ADVICE,
  },
  {
    name: "A multipart form",
    pattern: /^--[^\n]{1,80}\r?\ncontent-/i,
    advice:
      'Send it with its own Content-Type, "multipart/form-data; boundary=…", or send the bytes of the photo as the body.',
  },
  {
    name: "The address of a photo",
    pattern: /^(?:https?|ftp|file|blob):\/?\/?\S+\s*$/i,
    advice: 'Send the photo itself, or give its address to GraphQL as "url" of ImageInput.',
  },
  {
    name: "The path of a photo",
    pattern: /^@?[\w./\\:~ -]{1,200}\.(?:jpe?g|png|webp|gif|avif|heic|tiff?|bmp)\s*$/i,
    advice: "Send the content of the file: with curl, --data-binary @photo.jpg.",
  },
  {
    name: "JSON",
    pattern: /^(?:\{\s*(?:"|\}|$)|\[\s*(?:[[{"\d\]-]|$))/,
    advice: "Send the bytes of the photo as the body, or the JSON to /graphql.",
  },
  {
    name: "A form",
    pattern: /^[\w.[\]-]{1,40}=(?:%|data:|[\w+/%-]{8})/,
    advice:
      "Send the bytes of the photo as the body, or a multipart form: with curl, -F image=@photo.jpg.",
  },
  { name: "XML", pattern: /^<(?:[!?]|[\w:]+[\s>/])/, advice: "Check that the right file is sent." },
];

/** Recognises text by how it begins. */
export function recogniseText(bytes: Uint8Array): ForeignFormat | undefined {
  const start = skipProlog(readStart(bytes));
  const kind = KINDS.find(({ pattern }) => pattern.test(start));
  return kind && { name: kind.name, advice: kind.advice };
}

/** The first characters, of UTF-8 or UTF-16 with a byte order mark. */
function readStart(bytes: Uint8Array): string {
  const text = readLatin1(bytes, 0, SEARCHED_BYTES);
  if (/^(?:\xff\xfe|\xfe\xff)/.test(text)) return text.slice(2).replaceAll("\0", "");
  return text.replace(/^\xef\xbb\xbf/, "");
}

/** Leaves out what may come before the first element: white space, declarations, comments, a DTD of SVG. */
function skipProlog(text: string): string {
  let rest = text.trimStart();
  for (;;) {
    const next = rest.replace(
      /^(?:<\?.*?\?>|<!--.*?-->|<!doctype\s+(?!html)[^>[]*(?:\[[^\]]*\]\s*)?>)\s*/is,
      "",
    );
    if (next === rest) return rest;
    rest = next;
  }
}
