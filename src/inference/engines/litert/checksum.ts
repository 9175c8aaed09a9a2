/**
 * The checksum at the end of a .tflite file. LiteRT checks the structure of a file, but not its meaning: a wrong number of
 * a tensor can make it read beyond its memory, or never end, and then the instance is lost for other networks.
 *
 * After the model, filled up to whole words of 32 bits, come three words, little-endian: a mark, the length of the model
 * in bytes, and its checksum.
 */

/** "REDG" */
const MARK = 0x47444552;
const TRAILER_WORDS = 3;
const WORD_BYTES = 4;

/** Appends the checksum to a model. */
export function addChecksum(model: Uint8Array): Uint8Array<ArrayBuffer> {
  const words = Math.ceil(model.byteLength / WORD_BYTES);
  const file = new Uint8Array((words + TRAILER_WORDS) * WORD_BYTES);
  file.set(model);
  const view = new DataView(file.buffer, words * WORD_BYTES);
  view.setUint32(0, MARK, true);
  view.setUint32(4, model.byteLength, true);
  view.setUint32(8, computeChecksum(file.subarray(0, words * WORD_BYTES)), true);
  return file;
}

/**
 * @param file - starting at a multiple of 4 in its buffer
 * @returns the number of bytes of the model
 * @throws Error if the file is damaged, or has no checksum
 */
export function requireIntact(file: Uint8Array): number {
  const words = Math.floor(file.byteLength / WORD_BYTES) - TRAILER_WORDS;
  const isWhole = words > 0 && file.byteLength % WORD_BYTES === 0;
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const at = words * WORD_BYTES;
  if (!isWhole || view.getUint32(at, true) !== MARK) {
    throw new Error("The file is incomplete, or was not written by this project.");
  }
  const bytes = view.getUint32(at + 4, true);
  const isLength = Math.ceil(bytes / WORD_BYTES) === words;
  if (!isLength || view.getUint32(at + 8, true) !== computeChecksum(file.subarray(0, at))) {
    throw new Error("The file is damaged: its checksum differs.");
  }
  return bytes;
}

/**
 * FNV-1a on words instead of bytes, which is several times as fast. Each step can be undone, so the change of any word
 * changes the result. The shift lets high bits affect low ones; otherwise two changes of them would cancel.
 */
function computeChecksum(bytes: Uint8Array): number {
  // Little-endian, as is every platform with WebAssembly.
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / WORD_BYTES);
  let hash = 0x811c9dc5;
  for (let i = 0; i < words.length; i++) {
    hash = Math.imul(hash ^ (words[i] as number), 0x01000193);
    hash ^= hash >>> 15;
  }
  return hash >>> 0;
}
