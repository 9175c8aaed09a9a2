/** The tensor of each photo against Pillow's. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { createNodeImageDecoder } from "../../cli/platform/node-image-decoder.ts";
import { jsImageDecoder } from "../../src/imaging/js-image-decoder.ts";
import { DEFAULT_IMAGE_LIMITS } from "../../src/imaging/limits.ts";
import { prepareImage } from "../../src/imaging/prepare-image.ts";
import { preprocessOf } from "../../src/models/preprocess-of.ts";
import { readEmbeddedManifest } from "../../tools/embedded-models.ts";
import { decodeNpy } from "../../tools/npy.ts";

type Golden = {
  readonly images: Record<string, { readonly folder: string; readonly tensor: string | null }>;
};

const ROOT = new URL("../../", import.meta.url);
/** Values up to 3 in float32, computed in float64 here and in float32 there. */
const FLOAT_TOLERANCE = 1e-6;
/** jpeg-js and libjpeg may differ by rounding and by how they enlarge the chroma planes. */
const JPEG_MEAN_TOLERANCE = 0.02;

/** The folder in ../shared whose photos are also in examples/. */
const COMMITTED = "photos-cc0";

const decoders = { default: createNodeImageDecoder(), portable: jsImageDecoder };

describe.each(Object.entries(decoders))("tensors by the %s decoder", (decoderName, decoder) => {
  async function compare(model: string, photo: URL, golden: URL): Promise<void> {
    const manifest = await readEmbeddedManifest(model);
    const { input } = manifest;
    const preprocess = preprocessOf(manifest);
    const bytes = await readFile(photo);
    const { tensor } = await prepareImage(bytes, preprocess, decoder, DEFAULT_IMAGE_LIMITS);
    const expected = decodeNpy(await readFile(golden));
    expect(expected.shape).toEqual(input.shape);
    expect(tensor.length).toBe(expected.data.length);
    const differences = tensor.map((value, i) => Math.abs(value - (expected.data[i] as number)));
    const max = differences.reduce((a, b) => Math.max(a, b), 0);
    if (decoderName === "default") {
      expect(max).toBeLessThanOrEqual(FLOAT_TOLERANCE);
    } else if (photo.pathname.endsWith(".png")) {
      // One step of 8 bits in the channel where a step is largest.
      expect(max).toBeLessThanOrEqual(1 / 255 / Math.min(...preprocess.std) + FLOAT_TOLERANCE);
    } else {
      const mean = differences.reduce((a, b) => a + b, 0) / differences.length;
      expect(mean).toBeLessThanOrEqual(JPEG_MEAN_TOLERANCE);
    }
  }

  describe.each(["efficientnet-lite0", "resnet18"])("for %s", async (model) => {
    const committed = new URL(`test/golden/${model}/`, ROOT);
    const shared = new URL(`../shared/golden/${model}/`, ROOT);
    const { images } = JSON.parse(
      await readFile(new URL("golden.json", committed), "utf8"),
    ) as Golden;

    it.each(
      Object.entries(images).flatMap(([name, { folder, tensor }]) =>
        folder === COMMITTED && tensor !== null ? [[name, tensor] as const] : [],
      ),
    )("matches the tensor of Pillow for %s", async (name, tensor) => {
      await compare(model, new URL(`examples/${name}`, ROOT), new URL(tensor, committed));
    });

    it("matches the tensors of Pillow for the photographs of ../shared", async ({ skip }) => {
      if (!existsSync(shared)) skip("../shared is absent: its photographs are not compared.");
      for (const [name, { folder, tensor }] of Object.entries(images)) {
        if (tensor === null) continue;
        const photo = new URL(`../shared/${folder}/${name}`, ROOT);
        await compare(model, photo, new URL(tensor, shared));
      }
    });
  });
});
