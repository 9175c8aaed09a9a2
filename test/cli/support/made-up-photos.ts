/** Small photos of classes that a network can learn within seconds: each class has its own colour. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encode } from "fast-png";
import { makeRandom } from "../../support/made-up.ts";

/** The colour of each class, RGB. */
const COLOURS = {
  apple: [200, 40, 40],
  lemon: [225, 215, 60],
  sky: [60, 90, 210],
} as const;

export const PHOTO_CLASSES = Object.keys(COLOURS) as readonly (keyof typeof COLOURS)[];

const SIDE = 48;

/** Writes `count` different photos of each class: `FOLDER/apple/0.png`. */
export async function writePhotos(folder: string, count: number): Promise<void> {
  const random = makeRandom();
  for (const [name, colour] of Object.entries(COLOURS)) {
    await mkdir(join(folder, name), { recursive: true });
    for (let i = 0; i < count; i++) {
      const waves = [0, 1, 2].map(() => ({
        x: 0.6 * random(),
        y: 0.6 * random(),
        at: 7 * random(),
      }));
      const data = Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, at) => {
        const [pixel, channel] = [Math.floor(at / 3), at % 3];
        const { x, y, at: start } = waves[channel] as (typeof waves)[number];
        const wave = Math.sin(x * (pixel % SIDE) + y * Math.floor(pixel / SIDE) + start);
        return Math.min(255, Math.max(0, (colour[channel] as number) + 50 * wave));
      });
      const png = encode({ width: SIDE, height: SIDE, data, channels: 3, depth: 8 });
      await writeFile(join(folder, name, `${i}.png`), png);
    }
  }
}
