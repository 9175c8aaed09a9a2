/** AVIF files that are hostile or costly, through the built Worker's imaging code. */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { encodeAvif } from "../../imaging/support/av1-pictures.ts";
import {
  box,
  buildAvif,
  grid,
  ispe,
  join,
  type TestItem,
  text,
  uint,
} from "../../imaging/support/avif-builder.ts";
import { makePicture } from "../../imaging/support/sample-files.ts";
import { useDecodeWorker } from "../support/use-decode-worker.ts";
import { data, HEIGHT, SRGB, still, WIDTH } from "./support/avif-stills.ts";

const worker = useDecodeWorker();
describe("an AVIF with a flood of small parts", () => {
  const SIZE = 10_000_000;
  const item: TestItem = { id: 1, data, properties: [SRGB, ispe(WIDTH, HEIGHT)] };
  const repeat = (part: Uint8Array) => {
    const bytes = Buffer.alloc(Math.floor(SIZE / part.length) * part.length, part);
    return new Uint8Array(bytes);
  };
  const emptyBoxes = repeat(box("free"));
  const nested = () => {
    const boxes = repeat(uint(0, 4));
    for (let at = 0; at + 8 <= boxes.length; at += 8) {
      boxes.set(join([uint(boxes.length - at, 4), text("meta")]), at);
    }
    return boxes;
  };
  const one = (more: object) => buildAvif({ items: [item], ...more });

  it.each<[string, () => Uint8Array]>([
    ["properties", () => one({ moreProperties: emptyBoxes })],
    ["boxes in front of the header", () => one({ beforeMeta: emptyBoxes })],
    ["boxes of a movie", () => one({ afterMeta: box("moov", emptyBoxes) })],
    ["tracks", () => one({ afterMeta: box("moov", repeat(box("trak"))) })],
    ["AV1 data", () => still(join([repeat(Uint8Array.of(0x12, 0)), data]))],
    ["extents", () => one({ items: [{ ...item, extents: 60_000 }] })],
    [
      "tiles",
      () =>
        buildAvif({
          items: [
            {
              id: 1,
              type: "grid",
              data: grid(256, 256, 256 * WIDTH, 256 * HEIGHT),
              properties: [ispe(100, 100)],
            },
            { id: 2, data, properties: [ispe(WIDTH, HEIGHT)] },
          ],
          references: [{ type: "dimg", from: 1, to: new Array(65_535).fill(2) }],
        }),
    ],
    [
      "items",
      () =>
        buildAvif({ items: Array.from({ length: 10_000 }, (_, id) => ({ ...item, id: id + 1 })) }),
    ],
  ])("is refused as such: %s", async (_name, make) => {
    const refused = await worker.refused(make());
    expect(refused.code).toMatch(/IMAGE_(?:UNSUPPORTED|CORRUPT)/);
    expect(refused.message).toMatch(/far more|as many tiles/);
  });

  it.each<[string, () => Uint8Array]>([
    ["nested boxes behind the header", () => one({ afterMeta: nested() })],
    ["unknown boxes behind the header", () => one({ afterMeta: box("free", emptyBoxes) })],
  ])("costs no more than its bytes: %s", async (_name, make) => {
    const plain = await worker.decode(one({ afterMeta: box("free", new Uint8Array(SIZE)) }));
    const flooded = await worker.decode(make());
    expect(flooded.status).toBe(200);
    expect(flooded.ms).toBeLessThan(plain.ms * 4 + 20);
  });

  it("that repeats its data is refused before the data is joined", async () => {
    const file = one({ items: [{ ...item, extents: 3000 }] });
    expect((await worker.refused(file)).message).toMatch(/longer than the file/);
  });
});

describe("what decoding an AVIF costs", () => {
  const noisy = makePicture(640, 480);
  for (let i = 0, noise = 1; i < noisy.data.length; i++) {
    noise = (Math.imul(noise, 1664525) + 1013904223) | 0;
    if (i % 4 < 3) noisy.data[i] = (noisy.data[i] as number) + (noise >> 27);
  }
  const seeThrough = {
    ...noisy,
    data: noisy.data.map((value, i) => (i % 4 === 3 ? i >> 13 : value)),
  };
  const deep = {
    width: 640,
    height: 480,
    data: Uint16Array.from(noisy.data, (v) => v * 4 + (v >> 6)),
  };

  it.each<[string, Parameters<typeof encodeAvif>]>([
    ["4:2:0", [noisy, { subsample: 1, quality: 50 }]],
    ["4:2:0 in the best quality", [noisy, { subsample: 1, quality: 100 }]],
    ["4:4:4", [noisy, { quality: 50 }]],
    ["lossless", [noisy, { lossless: true, quality: 100 }]],
    ["without chroma", [noisy, { subsample: 0, quality: 50 }]],
    ["alpha", [seeThrough, { quality: 50 }]],
    ["film grain", [noisy, { subsample: 1, quality: 50, denoiseLevel: 25 }]],
    ["10 bits", [deep, { quality: 50, bitDepth: 10 }]],
    ["a narrow picture", [makePicture(16, 6000), { subsample: 1, quality: 50 }]],
  ])("is estimated above the peak, but not far: %s", async (_name, input) => {
    const { peakBytes, estimatedBytes } = await worker.decoded(await encodeAvif(...input));
    expect(peakBytes).toBeLessThanOrEqual(estimatedBytes);
    expect(peakBytes / estimatedBytes).toBeGreaterThan(0.55);
  });

  it("counts every frame, shown or not", async () => {
    const av1 = join([data, ...new Array(50).fill(data)]);
    const once = await worker.decode(still(data));
    const often = await worker.decode(still(av1));
    if (!("estimatedMs" in once) || !("estimatedMs" in often)) throw new Error("One is refused.");
    expect(often.estimatedMs / once.estimatedMs).toBeGreaterThan(10);
    expect(often.estimatedBytes).toBeGreaterThanOrEqual(often.peakBytes);
  });

  const attack = new URL("../../../../shared/faults/attacks/lie4000.avif", import.meta.url);
  it.skipIf(!existsSync(attack))("is known before decoding for a false size", async () => {
    const refused = await worker.refused(readFileSync(attack));
    expect(refused).toMatchObject({ status: 413, code: "IMAGE_TOO_LARGE" });
  });
});
