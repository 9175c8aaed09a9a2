/** A photo of examples/, or no image at all. */
import { readFile } from "node:fs/promises";
import { defineImageMaker } from "../maker.ts";

/** The photo whose classification is the unit of cost. */
export function readCat(): Promise<Buffer> {
  return readFile(new URL("../../../examples/cat.jpg", import.meta.url));
}

export const photo = defineImageMaker({
  name: "photo",
  ranges: {},
  starts: [{}],
  make: readCat,
});

const MAX_BYTES = 10_485_760;

export const noImage = defineImageMaker({
  name: "no-image",
  ranges: {
    start: { choices: ["ff", "3c", "00", "ffd8ff", "47494638", "52494646", "89504e470d0a1a0a"] },
    fill: { choices: ["ff", "00", "20", "3c", "41"] },
    bytes: { min: 1, max: MAX_BYTES },
  },
  starts: [
    { start: "ffd8ff", fill: "ff", bytes: MAX_BYTES },
    { start: "3c", fill: "20", bytes: MAX_BYTES },
  ],
  make: ({ start, fill, bytes }) =>
    Buffer.concat([Buffer.from(start, "hex"), Buffer.alloc(bytes, fill, "hex")]).subarray(0, bytes),
});
