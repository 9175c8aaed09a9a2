/** The markers of a JPEG (ITU-T T.81, table B.1), and how to find the next one. */

export const SOF0 = 0xc0;
export const SOF2 = 0xc2;
export const DHT = 0xc4;
export const SOI = 0xd8;
export const EOI = 0xd9;
export const SOS = 0xda;
export const DQT = 0xdb;
export const DRI = 0xdd;
export const APP0 = 0xe0;
export const APP1 = 0xe1;
export const APP14 = 0xee;
/** JPEG-LS (ITU-T T.87) has the same structure as JPEG and a frame marker that no other JPEG has. */
export const SOF55 = 0xf7;

/**
 * The offset of the next marker's code, or the length of the file if there is none. Skips stray bytes,
 * entropy-coded data with its stuffed zeros, fill bytes, and the markers that have no body: restart
 * markers, TEM, SOI, and the reserved ones, at which libjpeg resynchronises or gives up.
 */
export function nextMarker(bytes: Uint8Array, from: number): number {
  const length = bytes.length;
  for (let at = from; at < length; at++) {
    if (bytes[at] !== 0xff) continue;
    while (bytes[at] === 0xff) at++;
    const marker = bytes[at] as number;
    if (marker >= SOF0 && !(marker >= 0xd0 && marker <= SOI)) return at;
  }
  return length;
}

/**
 * The offset behind a segment, which may be beyond the end of the file.
 *
 * @param at - the offset of its marker's code
 */
export function segmentEnd(bytes: Uint8Array, at: number): number {
  const length = ((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number);
  // A length counts itself. If it says less than 2, libjpeg skips just the length.
  return at + 1 + Math.max(length, 2);
}

/** Whether a marker starts a frame. DHT (0xC4), JPG (0xC8) and DAC (0xCC) are in the same range. */
export function isFrameMarker(marker: number): boolean {
  return marker >= SOF0 && marker <= 0xcf && marker !== DHT && marker !== 0xc8 && marker !== 0xcc;
}
