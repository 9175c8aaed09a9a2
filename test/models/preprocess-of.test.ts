import { describe, expect, it } from "vitest";
import { type ModelManifest, manifestSchema } from "../../src/models/manifest.ts";
import { preprocessOf, preprocessText } from "../../src/models/preprocess-of.ts";
import { readEmbeddedManifest } from "../../tools/embedded-models.ts";

const lite0 = await readEmbeddedManifest("efficientnet-lite0");
const bilinear = { interpolation: "bilinear" } as const;
const { mean, std } = lite0.preprocess;

function change(
  [height, width]: readonly [number, number],
  preprocess: Partial<ModelManifest["preprocess"]>,
  color: "RGB" | "BGR" = "RGB",
) {
  return {
    ...lite0,
    input: { ...lite0.input, shape: [1, 3, height, width], color },
    preprocess: { mean, std, ...preprocess },
  };
}

describe("manifests of other inputs", () => {
  it.each<[string, object, object]>([
    [
      "stretch",
      change([224, 224], { resize: { fit: "stretch", ...bilinear } }),
      { fit: "stretch" },
    ],
    [
      "letterbox with a colour",
      change([64, 96], {
        resize: { fit: "letterbox", interpolation: "bicubic", padding: [1, 2, 3] },
      }),
      { fit: "letterbox", interpolation: "bicubic", padding: [1, 2, 3] },
    ],
    [
      "a crop that is not square",
      change([48, 96], {
        resize: { shorterSide: 48, ...bilinear },
        crop: { width: 96, height: 48 },
      }),
      { fit: "crop", shorterSide: 48 },
    ],
  ])("are accepted: %s", (_name, json, resize) => {
    const manifest = manifestSchema.parse(json);
    const [, , height, width] = manifest.input.shape;
    expect(preprocessOf(manifest)).toMatchObject({ width, height, resize, mean, std });
  });

  it.each<[string, object]>([
    [
      "stretch with a crop",
      change([224, 224], { resize: { fit: "stretch", ...bilinear }, crop: 224 }),
    ],
    ["a crop without its size", change([224, 224], { resize: { shorterSide: 256, ...bilinear } })],
    [
      "a crop with the sides exchanged",
      change([96, 48], {
        resize: { shorterSide: 48, ...bilinear },
        crop: { width: 96, height: 48 },
      }),
    ],
    [
      "an input that is too large",
      change([2000, 224], { resize: { fit: "stretch", ...bilinear } }),
    ],
  ])("are refused: %s", (_name, json) => {
    expect(manifestSchema.safeParse(json).success).toBe(false);
  });
});

describe("preprocessText()", () => {
  it("is what the receipts of earlier versions hashed", () => {
    expect(preprocessText(lite0)).toBe(
      '{"resize":{"shorterSide":256,"interpolation":"bilinear"},"crop":224,' +
        '"mean":[0.4980392156862745,0.4980392156862745,0.4980392156862745],' +
        '"std":[0.5019607843137255,0.5019607843137255,0.5019607843137255]}',
    );
  });

  it("differs if the order of the channels or the size of the input does", () => {
    const stretch = { resize: { fit: "stretch", ...bilinear } } as const;
    const texts = [
      lite0,
      { ...lite0, input: { ...lite0.input, color: "BGR" } },
      change([224, 224], stretch),
      change([160, 160], stretch),
      change([160, 160], stretch, "BGR"),
    ].map((json) => preprocessText(manifestSchema.parse(json)));
    expect(new Set(texts).size).toBe(texts.length);
  });
});
