/** zlib streams (RFC 1950) of gigabytes, from the compressed form of one megabyte. */
import { constants, deflateRawSync } from "node:zlib";

const ADLER_MODULUS = 65_521;
const PIECE_BYTES = 1 << 20;

/** `bytes`, `times` times in a row. */
export type Run = { readonly bytes: Uint8Array; readonly times: number };

/** Compresses the runs one after the other. */
export function deflateRepeated(runs: readonly Run[]): Buffer {
  const parts: Buffer[] = [Buffer.from([0x78, 0x01])];
  let checksum = { a: 1, b: 0 };
  for (const { bytes, times } of runs) {
    if (bytes.length === 0 || times < 1) continue;
    const inPiece = Math.max(1, Math.min(times, Math.floor(PIECE_BYTES / bytes.length)));
    const piece = compress(bytes, inPiece);
    const pieces = Math.floor(times / inPiece);
    parts.push(Buffer.alloc(piece.deflated.length * pieces, piece.deflated));
    for (let i = 0; i < pieces; i++) checksum = combine(checksum, piece);
    const rest = times % inPiece;
    if (rest === 0) continue;
    const last = compress(bytes, rest);
    parts.push(last.deflated);
    checksum = combine(checksum, last);
  }
  const end = Buffer.from([0x03, 0x00, 0, 0, 0, 0]);
  end.writeUInt16BE(checksum.b, 2);
  end.writeUInt16BE(checksum.a, 4);
  return Buffer.concat([...parts, end]);
}

type Sum = { readonly a: number; readonly b: number };
type Piece = Sum & { readonly deflated: Buffer; readonly length: number };

/** Ends at a byte and refers to nothing before it, so that pieces can follow each other. */
function compress(bytes: Uint8Array, times: number): Piece {
  const plain = Buffer.alloc(bytes.length * times, bytes);
  const deflated = deflateRawSync(plain, { finishFlush: constants.Z_FULL_FLUSH });
  return { deflated, length: plain.length, ...adler32(plain) };
}

function adler32(bytes: Uint8Array): Sum {
  let a = 1;
  let b = 0;
  for (const byte of bytes) {
    a = (a + byte) % ADLER_MODULUS;
    b = (b + a) % ADLER_MODULUS;
  }
  return { a, b };
}

/** The checksum of two texts in a row, from those of each (as zlib's adler32_combine). */
function combine(first: Sum, second: Sum & { readonly length: number }): Sum {
  const shift = (second.length % ADLER_MODULUS) * (first.a + ADLER_MODULUS - 1);
  return {
    a: (first.a + second.a + ADLER_MODULUS - 1) % ADLER_MODULUS,
    b: (first.b + second.b + shift) % ADLER_MODULUS,
  };
}
