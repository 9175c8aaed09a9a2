/** AVIF files: large pictures by a real encoder, false sizes, and floods of boxes. */
import { defineImageMaker } from "../maker.ts";
import { encodePlain } from "./encode-plain.ts";

const MAX_BYTES = 10_485_760;

export const avif = defineImageMaker({
  name: "avif",
  ranges: {
    width: { min: 16, max: 8000 },
    height: { min: 16, max: 8000 },
    quality: { min: 1, max: 100 },
    noise: { choices: [false, true] },
    alpha: { choices: [false, true] },
    /** Whether the container says 100x100. */
    falseSize: { choices: [false, true] },
    /** Empty boxes. */
    boxes: { min: 0, max: 1_300_000 },
    /** Where they are: among the properties, beside them, or behind everything. */
    boxesIn: { choices: ["ipco", "iprp", "meta", "end"] },
  },
  starts: [
    picture(2500, 2500),
    picture(3400, 3400),
    { ...picture(2000, 2000), noise: true, quality: 20 },
    { ...picture(1500, 1500), alpha: true },
    { ...picture(7000, 7000), falseSize: true },
    { ...picture(64, 64), boxes: 1_300_000 },
    { ...picture(64, 64), boxes: 1_300_000, boxesIn: "end" },
    { ...picture(64, 64), boxes: 1_300_000, boxesIn: "meta" },
  ],
  async make({ falseSize, boxes, boxesIn, width, height, ...params }) {
    // Larger ones would take the encoder too long.
    const fitting = Math.min(1, Math.sqrt(64e6 / (width * height)));
    const size = { width: Math.floor(width * fitting), height: Math.floor(height * fitting) };
    const bytes = Buffer.from(await encodePlain("AVIF", { ...params, ...size }));
    if (falseSize) writeSize(bytes, 100, 100);
    return addBoxes(bytes, boxes, boxesIn).subarray(0, MAX_BYTES);
  },
});

function picture(width: number, height: number) {
  const content = { width, height, quality: 50, noise: false, alpha: false, falseSize: false };
  return { ...content, boxes: 0, boxesIn: "ipco" };
}

/** The size is after the box's type, version and flags. */
function writeSize(bytes: Buffer, width: number, height: number): void {
  for (let at = bytes.indexOf("ispe"); at >= 0; at = bytes.indexOf("ispe", at + 4)) {
    bytes.writeUInt32BE(width, at + 8);
    bytes.writeUInt32BE(height, at + 12);
  }
}

function addBoxes(bytes: Buffer, count: number, where: string): Buffer {
  if (count === 0) return bytes;
  const box = Buffer.from("\0\0\0\x08free", "latin1");
  const flood = Buffer.alloc(box.length * count, box);
  if (where === "end") return Buffer.concat([bytes, flood]);
  const mdat = bytes.indexOf("mdat") + 4;
  const grown = Buffer.from(bytes);
  const path =
    { ipco: ["meta", "iprp", "ipco"], iprp: ["meta", "iprp"], meta: ["meta"] }[where] ?? [];
  for (const type of path) addToUint32(grown, grown.indexOf(type) - 4, flood.length);
  moveItems(grown, mdat, flood.length);
  const parent = bytes.indexOf(path.at(-1) ?? "") - 4;
  const end = parent + bytes.readUInt32BE(parent);
  return Buffer.concat([grown.subarray(0, end), flood, grown.subarray(end)]);
}

/** Every offset in iloc that points into the data moves with it. */
function moveItems(bytes: Buffer, dataStart: number, by: number): void {
  const start = bytes.indexOf("iloc");
  const end = start - 4 + bytes.readUInt32BE(start - 4);
  for (let at = start + 4; at + 4 <= end; at++) {
    const value = bytes.readUInt32BE(at);
    if (value < dataStart || value >= bytes.length) continue;
    addToUint32(bytes, at, by);
    at += 3;
  }
}

function addToUint32(bytes: Buffer, at: number, by: number): void {
  bytes.writeUInt32BE(bytes.readUInt32BE(at) + by, at);
}
