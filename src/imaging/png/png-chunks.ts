/** Walks the chunks of a PNG (W3C PNG, third edition, section 5). */
import { corruptImage } from "../image-errors.ts";
import { crc32 } from "./crc32.ts";

/** `data` is a view of the file. */
export type PngChunk = { readonly type: string; readonly data: Uint8Array };

const SIGNATURE_LENGTH = 8;
/** Bytes of length, type and CRC around a chunk's data. */
const FRAME_LENGTH = 12;
const CRC_LENGTH = 4;

/**
 * The chunks of a file in order, up to IEND.
 *
 * @param options.complete - if false, CRCs are not checked and a file may end early: for reading
 *   headers
 * @throws ImageError IMAGE_CORRUPT if a chunk runs past the end of the file, the CRC of a critical
 *   chunk is wrong, or the file ends before IEND
 */
export function* readPngChunks(
  bytes: Uint8Array,
  { complete }: { readonly complete: boolean },
): Generator<PngChunk> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = SIGNATURE_LENGTH;
  while (at + FRAME_LENGTH - CRC_LENGTH <= bytes.byteLength) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    // The CRC of an empty chunk protects nothing, and upng-js writes files that lack it.
    if (type === "IEND") return;
    const end = at + FRAME_LENGTH + length;
    if (end > bytes.byteLength) break;
    if (complete && isCritical(type)) {
      const actual = crc32(bytes.subarray(at + 4, end - 4));
      if (actual !== view.getUint32(end - 4))
        throw corruptImage("PNG", `the checksum of ${type} is wrong`);
    }
    yield { type, data: bytes.subarray(at + 8, end - 4) };
    at = end;
  }
  if (complete) throw corruptImage("PNG", "it ends before its end chunk, so pixels are missing");
}

/** Chunks that a decoder must understand start with a capital letter. */
function isCritical(type: string): boolean {
  return type.charCodeAt(0) < 0x61;
}
