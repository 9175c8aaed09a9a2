import { bigEndian, concat, latin1 } from "./bytes.ts";

/** The EXIF data of a picture that has an orientation and nothing else. */
export function makeExif(orientation: number): Uint8Array {
  const entry = [bigEndian(0x0112, 2), bigEndian(3, 2), bigEndian(1, 4), bigEndian(orientation, 2)];
  return concat([
    latin1("MM\0*\0\0\0\x08"),
    bigEndian(1, 2),
    ...entry,
    bigEndian(0, 2),
    bigEndian(0, 4),
  ]);
}
