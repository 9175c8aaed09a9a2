import { chooseBoxFactor } from "../choose-reduction.ts";
import type { Codec } from "../codec.ts";
import { FORMATS } from "../formats.ts";
import { hasLatin1, readLatin1 } from "../latin1.ts";
import { type AvifHeader, readAvifHeader } from "./avif-header.ts";
import { uintAt } from "./bmff-boxes.ts";
import { decodeAvif } from "./decode-avif.ts";
import { estimateAvifBytes, estimateAvifMs } from "./estimate-avif.ts";

const MAX_FTYP_BYTES = 256;

/** AVIF by libavif; the module is `@jsquash/avif/codec/dec/avif_dec.wasm`. */
export const avifCodec = {
  ...FORMATS.AVIF,
  format: "AVIF",
  pixelLimit: "maxWholePixels",
  // The major brand, or one of the compatible ones: some writers put `mif1` first.
  matches(bytes) {
    if (!hasLatin1(bytes, "ftyp", 4)) return false;
    const brands = readLatin1(bytes, 8, Math.min(uintAt(bytes, 0, 4), MAX_FTYP_BYTES));
    return /^(?:.{4})*?avi[fs]/s.test(brands);
  },
  readHeader: readAvifHeader,
  estimateBytes(header, fileBytes, minShorterSide) {
    return fileBytes + estimateAvifBytes(header, chooseBoxFactor(header, minShorterSide));
  },
  estimateMs: estimateAvifMs,
  createDecoder: (loadModule) => ({
    turnsUpright: true,
    async decode(bytes, header, minShorterSide) {
      const factor = chooseBoxFactor(header, minShorterSide);
      return decodeAvif(await loadModule(), bytes, header, factor);
    },
  }),
} as const satisfies Codec<AvifHeader>;
