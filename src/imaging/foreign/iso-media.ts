import { uintAt } from "../avif/bmff-boxes.ts";
import { hasLatin1, readLatin1 } from "../latin1.ts";
import type { ForeignFormat } from "./foreign-format.ts";

/** The brands of a file are in the first bytes; nobody writes more than this. */
const MAX_FTYP_BYTES = 256;

const SAVE_FRAME = "Save one frame as JPEG and send that.";
const EXPORT = "Export the photo as JPEG and send that.";

/** By brand, in the order in which they decide: a HEIC photo has brands of HEIF too. */
const KINDS: readonly (ForeignFormat & { readonly brands: RegExp })[] = [
  {
    name: "Canon raw (CR3)",
    brands: /^crx $/,
    advice: "Export the photo as JPEG, or send the JPEG that the camera stored beside it.",
  },
  {
    name: "HEIC",
    brands: /^he[iv][a-z]$/,
    advice:
      'On an iPhone choose Settings, Camera, Formats, "Most Compatible", or export the photo as JPEG and send that.',
  },
  {
    // ISO/IEC 23008-12 and MIAF, with whatever codec.
    name: "HEIF",
    brands:
      /^(?:mif\d|msf1|miaf|mi[a-z]{2}|1pic|tmap|unif|avc[is]|jpe?gs?|j2[ki][is]|j2ki|vvi[cs]|ev[bm][is])$/i,
    advice: EXPORT,
  },
  { name: "JPEG 2000", brands: /^jp[2xm] $/, advice: EXPORT },
  { name: "JPEG XL", brands: /^jxl $/, advice: EXPORT },
  { name: "QuickTime video", brands: /^qt {2}$/, advice: SAVE_FRAME },
  { name: "3GP video", brands: /^3g/, advice: SAVE_FRAME },
  { name: "MPEG-4 audio", brands: /^M4[ABP] $/, advice: "Check that the right file is sent." },
  {
    name: "MP4 video",
    brands:
      /^(?:iso[\dm]|mp4\d|mp7\d|avc\d|M4V.|MSNV|NDS.|F4V |f4v |mmp4|dash|cmf.|av01|hvc1|XAVC)$/,
    advice: SAVE_FRAME,
  },
];

/** Recognises an ISO base media file by the brands of its `ftyp` box (ISO/IEC 14496-12, section 4.3). */
export function recogniseIsoMedia(bytes: Uint8Array): ForeignFormat | undefined {
  if (!hasLatin1(bytes, "ftyp", 4)) return undefined;
  const end = Math.min(uintAt(bytes, 0, 4), MAX_FTYP_BYTES);
  const text = readLatin1(bytes, 8, Math.max(end, 12));
  const major = text.slice(0, 4);
  // The minor version is between the major brand and the compatible ones.
  const brands = [major, ...(text.slice(8).match(/.{4}/gs) ?? [])];
  const kind = KINDS.find((row) => brands.some((brand) => row.brands.test(brand)));
  if (kind) return { name: kind.name, advice: kind.advice };
  const shown = major.replace(/[^\x20-\x7e]/g, "?");
  return { name: `An ISO media file of the brand "${shown}"`, advice: EXPORT };
}
