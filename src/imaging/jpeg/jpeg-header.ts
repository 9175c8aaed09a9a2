/** Walks the segments of a JPEG (ITU-T T.81, annex B) without decoding its pixels. */
import type { CommonHeader, Orientation } from "../common-header.ts";
import { findExifOrientation } from "../exif-orientation.ts";
import { corruptImage, unsupportedFormat } from "../image-errors.ts";
import { countBlocks, type JpegFrame, readJpegFrame } from "./jpeg-frame.ts";
import { APP1, EOI, isFrameMarker, nextMarker, SOF55, SOS, segmentEnd } from "./jpeg-markers.ts";
import { type JpegScans, ScanTally } from "./jpeg-scans.ts";
import { findScanEnd } from "./scan-end.ts";

export type JpegHeader = CommonHeader & {
  readonly format: "JPEG";
  readonly frame: JpegFrame;
  readonly scans: JpegScans;
  /** Size of all DCT coefficients in bytes, at 16 bits each. */
  readonly coefficientBytes: number;
  /** Offset behind the end marker or, if it is missing, behind the last scan. Phones append videos. */
  readonly end: number;
  /** Whether the end marker is there. */
  readonly hasEndMarker: boolean;
};

const EXIF_PREFIX_LENGTH = 6;

/**
 * Reads all segments in one pass, with no object for each of them.
 *
 * @throws ImageError IMAGE_CORRUPT if there is no frame header or if pixels are missing at the end,
 *   IMAGE_UNSUPPORTED for kinds that are not decoded, IMAGE_TOO_LARGE if there are too many scans
 */
export function readJpegHeader(bytes: Uint8Array): JpegHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let orientation: Orientation | undefined;
  let frame: JpegFrame | undefined;
  let tally: ScanTally | undefined;
  let lastScan: number | undefined;
  let end: number | undefined;
  for (let at = nextMarker(bytes, 2), next = at; at < bytes.length; at = nextMarker(bytes, next)) {
    const marker = bytes[at] as number;
    tally?.addData(at - next);
    if (marker === EOI) {
      end = at + 1;
      break;
    }
    next = segmentEnd(bytes, at);
    if (next > bytes.length) break;
    const start = at + 3;
    if (marker === APP1) {
      const tiff = start + EXIF_PREFIX_LENGTH;
      // After the pixels have begun, a block is that of another picture.
      if (orientation === undefined && tally === undefined && next > tiff)
        if (isExif(view, start)) orientation = findExifOrientation(view, tiff, next);
    } else if (isFrameMarker(marker)) {
      frame ??= readJpegFrame(bytes.subarray(start, next), marker);
    } else if (marker === SOF55 && frame === undefined) {
      throw unsupportedFormat("JPEG-LS");
    } else if (marker === SOS) {
      if (!frame) break;
      tally ??= new ScanTally(frame);
      tally.add(bytes, start, next);
      if (tally.complete) lastScan ??= at;
    }
  }
  if (!frame) throw corruptImage("JPEG", "it has no frame header before the pixels");
  if (!tally) throw pixelsMissing();
  const hasEndMarker = end !== undefined;
  // Without the end marker, an image is whole if the scan is complete after which nothing is missing.
  if (end === undefined && lastScan !== undefined) end = findScanEnd(bytes, frame, lastScan);
  if (end === undefined) throw pixelsMissing();
  const { width, height } = frame;
  return {
    format: "JPEG",
    width,
    height,
    orientation: orientation ?? 1,
    frames: 1,
    frame,
    scans: tally.total,
    coefficientBytes: countBlocks(frame) * 128,
    end,
    hasEndMarker,
  };
}

/** Whether the text "Exif" and two zeros stand at an offset. */
function isExif(view: DataView, at: number): boolean {
  return view.getUint32(at) === 0x45786966 && view.getUint16(at + 4) === 0;
}

function pixelsMissing() {
  return corruptImage("JPEG", "it ends before its last pixel");
}
