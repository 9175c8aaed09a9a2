import { countFrames as countAvifFrames } from "../../src/imaging/avif/avif-frames.ts";
import { readGifHeader } from "../../src/imaging/gif/gif-header.ts";
import { hasLatin1 } from "../../src/imaging/latin1.ts";
import { readPngHeader } from "../../src/imaging/png/png-header.ts";
import { readWebpHeader } from "../../src/imaging/webp/webp-header.ts";

/** @returns the number of frames of a photo, 1 for one that is damaged or in another format */
export async function countFrames(photo: Blob): Promise<number> {
  const bytes = new Uint8Array(await photo.arrayBuffer());
  try {
    if (hasLatin1(bytes, "GIF8")) return readGifHeader(bytes).frames;
    if (hasLatin1(bytes, "\x89PNG")) return readPngHeader(bytes).frames;
    if (hasLatin1(bytes, "WEBP", 8)) return readWebpHeader(bytes).frames;
    if (hasLatin1(bytes, "ftyp", 4)) return countAvifFrames(bytes);
  } catch {
    // The service says what is wrong.
  }
  return 1;
}
