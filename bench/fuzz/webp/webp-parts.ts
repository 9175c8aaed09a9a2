/** WebP as RIFF chunks (RFC 9649). */
import { concat, EMPTY, latin1, littleEndian, readLE, textAt } from "../bytes.ts";
import { makePart, type Part, RAW } from "../part.ts";

/** Bytes before the chunks inside these chunks: the form type, and the fields of a frame. */
const HEAD_LENGTHS: Readonly<Record<string, number>> = { RIFF: 4, ANMF: 16 };

export function parseWebp(file: Uint8Array): Part[] {
  const parts: Part[] = [];
  let at = 0;
  while (at + 8 <= file.length) {
    const type = textAt(file, at, 4);
    const end = at + 8 + readLE(file, at + 4, 4);
    if (end > file.length) break;
    const body = file.slice(at + 8, end);
    const headLength = HEAD_LENGTHS[type];
    if (headLength === undefined) parts.push(makePart(type, body));
    else {
      const head = body.slice(0, headLength);
      const children = parseWebp(body.slice(headLength));
      parts.push(makePart(type, EMPTY, { head, children }));
    }
    at = end + (end & 1);
  }
  if (at < file.length) parts.push(makePart(RAW, file.slice(at)));
  return parts;
}

export function writeWebp(parts: readonly Part[]): Uint8Array {
  return concat(parts.map(writeChunk));
}

function writeChunk({ type, head, data, children, claimedLength }: Part): Uint8Array {
  if (type === RAW) return data;
  const body = concat([head, children ? writeWebp(children) : data]);
  const length = littleEndian(claimedLength ?? body.length, 4);
  return concat([latin1(type), length, body, new Uint8Array(body.length & 1)]);
}
