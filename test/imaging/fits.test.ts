/** What a network sees of a photo, for each fit and filter, against Pillow (test/golden/preprocess/README.md). */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { createNodeImageDecoder } from "../../cli/platform/node-image-decoder.ts";
import { fitToInput, imageToTensor } from "../../src/imaging/image-to-tensor.ts";
import { inspectImage } from "../../src/imaging/inspect-image.ts";
import { toNchw } from "../../src/imaging/layout.ts";
import type { PreprocessSpec, Resize, Triple } from "../../src/imaging/preprocess-spec.ts";
import type { RgbImage } from "../../src/imaging/rgb-image.ts";

type Case = Resize & {
  readonly source: string;
  readonly width: number;
  readonly height: number;
  readonly sha256: string;
};

const ROOT = new URL("../../", import.meta.url);
const PLAIN = { color: "RGB", mean: [0, 0, 0], std: [1, 1, 1] } as const;
const decoder = createNodeImageDecoder();

/** Noise with black and white edges, on which the bicubic filter overshoots. */
function makeUp(width: number, height: number): RgbImage {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const c = i % 3;
    const x = Math.floor(i / 3) % width;
    const y = Math.floor(i / 3 / width);
    const edge = (Math.floor(x / 5) + Math.floor(y / 7)) % 2 ? 255 : 0;
    return (x + y) % 3 ? edge : (x * 31 + y * 17 + c * 101 + x * y * 7) % 256;
  });
  return { width, height, data };
}

async function readSource(name: string): Promise<RgbImage> {
  const [, width, height] = /^made-up (\d+)x(\d+)$/.exec(name) ?? [];
  if (width && height) return makeUp(Number(width), Number(height));
  const bytes = await readFile(new URL(`examples/${name}`, ROOT));
  return decoder.decode(bytes, inspectImage(bytes), Number.POSITIVE_INFINITY);
}

describe("pixels equal Pillow's", async () => {
  const file = new URL("test/golden/preprocess/pillow.json", ROOT);
  const cases = JSON.parse(await readFile(file, "utf8")) as Case[];
  const groups = Map.groupBy(cases, ({ source, fit, interpolation }) =>
    [source, fit, interpolation].join(", "),
  );
  it.each([...groups])("for %s", async (_name, group) => {
    for (const { source, width, height, sha256, ...resize } of group) {
      const { data } = fitToInput(await readSource(source), { ...PLAIN, width, height, resize });
      const found = createHash("sha256").update(data).digest("hex");
      expect(found, `${source} to ${width}x${height}`).toBe(sha256);
    }
  });
});

describe("imageToTensor", () => {
  const image = makeUp(30, 20);
  const spec: PreprocessSpec = {
    ...PLAIN,
    width: 16,
    height: 8,
    resize: { fit: "stretch", interpolation: "bilinear" },
  };
  const plane = 16 * 8;
  const channel = (tensor: Float32Array, index: number) =>
    tensor.subarray(index * plane, (index + 1) * plane);

  it("gives the channels in the order that the network takes", () => {
    const rgb = imageToTensor(image, spec);
    const bgr = imageToTensor(image, { ...spec, color: "BGR" });
    for (const index of [0, 1, 2]) expect(channel(bgr, index)).toEqual(channel(rgb, 2 - index));
  });

  it.each(["RGB", "BGR"] as const)("gives the same values pixel by pixel, in %s", (color) => {
    const uneven = { ...spec, color, mean: [0.1, 0.2, 0.3], std: [0.4, 0.5, 0.6] } as const;
    const planes = imageToTensor(image, uneven);
    expect(toNchw(imageToTensor(image, uneven, "NHWC"), 3)).toEqual(planes);
  });

  it("takes the mean and standard deviation in that order too", () => {
    const mean: Triple = [0.1, 0.2, 0.3];
    const std: Triple = [0.4, 0.5, 0.6];
    const rgb = imageToTensor(image, { ...spec, mean, std });
    const bgr = imageToTensor(image, {
      ...spec,
      color: "BGR",
      mean: [0.3, 0.2, 0.1],
      std: [0.6, 0.5, 0.4],
    });
    for (const index of [0, 1, 2]) expect(channel(bgr, index)).toEqual(channel(rgb, 2 - index));
  });

  it("gives whole numbers from 0 to 255 with a mean of 0 and a standard deviation of 1/255", () => {
    const std: Triple = [1 / 255, 1 / 255, 1 / 255];
    const tensor = imageToTensor(image, { ...spec, std });
    const { data } = fitToInput(image, spec);
    expect([...tensor]).toEqual([0, 1, 2].flatMap((c) => [...data].filter((_, i) => i % 3 === c)));
  });

  it.each(["RGB", "BGR"] as const)("pads with the mean in the right colour for %s", (color) => {
    const rgb: Triple = [0.5, 0.25, 0.75];
    const mean: Triple = color === "RGB" ? rgb : [0.75, 0.25, 0.5];
    const { data } = fitToInput(image, {
      ...spec,
      color,
      mean,
      resize: { fit: "letterbox", interpolation: "bilinear" },
    });
    expect([...data.subarray(0, 3)]).toEqual([128, 64, 191]);
  });
});
