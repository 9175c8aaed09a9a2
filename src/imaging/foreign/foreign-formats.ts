/** Content that is not decoded but recognised, so that an error can name it and say what to do. */
import { hasLatin1 } from "../latin1.ts";
import { recogniseChangedBytes } from "./changed-bytes.ts";
import type { ForeignFormat } from "./foreign-format.ts";
import { recogniseIsoMedia } from "./iso-media.ts";
import { recogniseText } from "./text-content.ts";
import { recogniseTiff } from "./tiff-formats.ts";

const CONVERT = "Convert it to JPEG or PNG and send that.";
const DEVELOP = "Export the photo as JPEG, or send the JPEG that the camera stored beside it.";
const UNPACK = "Unpack it and send the photo inside.";
const EXPORT_PAGE = "Export the page as JPEG or PNG and send that.";
const SAVE_FRAME = "Save one frame as JPEG and send that.";
const CHECK_PATH = "Check that the right file is sent.";
const UNFINISHED = "The download or the copy was not finished: send the whole file.";

type Signature = readonly [name: string, bytes: string, advice: string, offset?: number];

/** The bytes as Latin-1 text. */
const SIGNATURES: readonly Signature[] = [
  ["BMP", "BM", CONVERT],
  ["ICO", "\0\0\x01\0", CONVERT],
  ["CUR", "\0\0\x02\0", CONVERT],
  ["ICNS", "icns", CONVERT],
  ["PSD", "8BPS", CONVERT],
  ["XCF", "gimp xcf", CONVERT],
  ["JPEG XL", "\xff\x0a", CONVERT],
  ["JPEG XL", "\0\0\0\x0cJXL \r\n\x87\n", CONVERT],
  ["JPEG 2000", "\0\0\0\x0cjP  \r\n\x87\n", CONVERT],
  ["JPEG 2000", "\xff\x4f\xff\x51", CONVERT],
  ["JPEG XR", "II\xbc\x01", CONVERT],
  ["QOI", "qoif", CONVERT],
  ["OpenEXR", "v/1\x01", CONVERT],
  ["Radiance HDR", "#?RADIANCE", CONVERT],
  ["DDS", "DDS ", CONVERT],
  ["KTX", "\xabKTX ", CONVERT],
  ["BPG", "BPG\xfb", CONVERT],
  ["FLIF", "FLIF", CONVERT],
  ["MNG", "\x8aMNG", CONVERT],
  ["JNG", "\x8bJNG", CONVERT],
  ["DjVu", "AT&TFORM", EXPORT_PAGE],
  ["DICOM", "DICM", CONVERT, 128],
  ["WMF", "\xd7\xcd\xc6\x9a", CONVERT],
  ["Netpbm", "P5\n", CONVERT],
  ["Netpbm", "P6\n", CONVERT],
  ["Olympus raw (ORF)", "IIRO", DEVELOP],
  ["Olympus raw (ORF)", "IIRS", DEVELOP],
  ["Olympus raw (ORF)", "MMOR", DEVELOP],
  ["Panasonic raw (RW2)", "IIU\0", DEVELOP],
  ["Fujifilm raw (RAF)", "FUJIFILMCCD-RAW", DEVELOP],
  ["Canon raw (CRW)", "HEAPCCDR", DEVELOP, 6],
  ["Minolta raw (MRW)", "\0MRM", DEVELOP],
  ["Sigma raw (X3F)", "FOVb", DEVELOP],
  ["PDF", "%PDF-", EXPORT_PAGE],
  ["PostScript", "%!PS", EXPORT_PAGE],
  ["PostScript", "\xc5\xd0\xd3\xc6", EXPORT_PAGE],
  ["Microsoft Office document", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", EXPORT_PAGE],
  ["RTF document", "{\\rtf", EXPORT_PAGE],
  ["WebM or Matroska video", "\x1a\x45\xdf\xa3", SAVE_FRAME],
  ["AVI video", "AVI ", SAVE_FRAME, 8],
  ["MPEG video", "\0\0\x01\xba", SAVE_FRAME],
  ["MPEG video", "\0\0\x01\xb3", SAVE_FRAME],
  ["Flash video", "FLV\x01", SAVE_FRAME],
  ["Windows Media video", "\x30\x26\xb2\x75\x8e\x66\xcf\x11", SAVE_FRAME],
  ["Ogg audio or video", "OggS", SAVE_FRAME],
  ["QuickTime video", "moov", SAVE_FRAME, 4],
  ["QuickTime video", "mdat", SAVE_FRAME, 4],
  ["QuickTime video", "wide", SAVE_FRAME, 4],
  ["WAV audio", "WAVE", CHECK_PATH, 8],
  ["MP3 audio", "ID3", CHECK_PATH],
  ["FLAC audio", "fLaC", CHECK_PATH],
  ["ZIP archive", "PK\x03\x04", UNPACK],
  ["ZIP archive", "PK\x05\x06", UNPACK],
  ["RAR archive", "Rar!\x1a\x07", UNPACK],
  ["7z archive", "7z\xbc\xaf\x27\x1c", UNPACK],
  ["xz archive", "\xfd7zXZ\0", UNPACK],
  ["bzip2 archive", "BZh", UNPACK],
  ["Zstandard archive", "\x28\xb5\x2f\xfd", UNPACK],
  ["tar archive", "ustar", UNPACK, 257],
  [
    "gzip data",
    "\x1f\x8b",
    "Unpack it and send the photo inside: the body of a request must not be compressed either.",
  ],
  [
    "AppleDouble",
    "\0\x05\x16\x07",
    'It is the companion that macOS writes beside a file: send the file without "._" before its name.',
  ],
];

/** What content shows itself to be; undefined if it shows nothing that is known. */
export function recogniseForeign(bytes: Uint8Array): ForeignFormat | undefined {
  return (
    recogniseSignature(bytes) ??
    recogniseTiff(bytes) ??
    recogniseIsoMedia(bytes) ??
    recogniseZeros(bytes) ??
    recogniseChangedBytes(bytes) ??
    recogniseText(bytes)
  );
}

function recogniseSignature(bytes: Uint8Array): ForeignFormat | undefined {
  const known = SIGNATURES.find(([, text, , offset]) => hasLatin1(bytes, text, offset));
  return known && { name: known[0], advice: known[2] };
}

function recogniseZeros(bytes: Uint8Array): ForeignFormat | undefined {
  if (bytes.subarray(0, 64).some((byte) => byte !== 0)) return undefined;
  return { name: "A file of zeros", advice: UNFINISHED };
}
