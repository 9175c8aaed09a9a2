import type { MemoryAccount } from "../concurrency/memory-ledger.ts";
import type { ImageDecoder } from "../imaging/image-decoder.ts";
import type { RgbImage } from "../imaging/rgb-image.ts";
import type { SourceImage } from "./pass.ts";

/**
 * Decodes an image with memory that is reserved for it. The file itself is counted where it was read.
 *
 * @param minShorterSide - the shorter side that the caller needs, in pixels
 * @throws AppError OVERLOADED if there is not enough memory; ImageError
 */
export async function decodeWithin(
  memory: MemoryAccount,
  decoder: ImageDecoder,
  { bytes, header }: Pick<SourceImage, "bytes" | "header">,
  minShorterSide: number,
): Promise<RgbImage> {
  const fileBytes = bytes.byteLength;
  const peakBytes = decoder.estimateBytes(header, fileBytes, minShorterSide) - fileBytes;
  const hold = memory.reserve(peakBytes, "work");
  try {
    return await decoder.decode(bytes, header, minShorterSide);
  } finally {
    hold.release();
  }
}
