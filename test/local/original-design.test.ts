/** The configuration of docs/original-design.md: codecs in JavaScript, and ResNet-18 as the default model. */
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { promote } from "../../cli/commands/model/promote.ts";
import { readEmbeddedManifest } from "../../tools/embedded-models.ts";
import { useLocalWorker } from "../support/use-local-worker.ts";

const { version } = await readEmbeddedManifest("resnet18");
const PHOTOS = ["cat.jpg", "cat.png", "espresso.jpg", "espresso.png", "rocket.jpg"];

describe("the original design", () => {
  const original = useLocalWorker(async (configPath) => {
    await promote.run(["default", `resnet18@${version}`, "--config", configPath]);
    return { settings: { IMAGE_DECODER: "js" } };
  });
  const fast = useLocalWorker();

  async function classify(url: URL, photo: string) {
    const response = await fetch(url, {
      method: "POST",
      body: await readFile(new URL(`../../examples/${photo}`, import.meta.url)),
    });
    expect(response.status).toBe(200);
    return await response.json();
  }

  it.each(PHOTOS)("gives %s the same label as the default decoder does", async (photo) => {
    const slow = await classify(new URL("/classify", original().url), photo);
    const expected = await classify(new URL("/classify?model=resnet18", fast().url), photo);
    expect(slow.model).toMatchObject({ id: "resnet18", version });
    expect(slow.receipt.imageDecoder).toBe("js");
    expect(expected.receipt.imageDecoder).toBe("wasm");
    expect(slow.predictions[0].label).toBe(expected.predictions[0].label);
    expect(slow.answer.label).toBe(expected.answer.label);
  });

  it("names the formats that it decodes if an image has another one", async () => {
    const response = await fetch(new URL("/classify", original().url), {
      method: "POST",
      body: await readFile(new URL("../../examples/espresso.avif", import.meta.url)),
    });
    expect(response.status).toBe(415);
    const { errors } = await response.json();
    expect(errors[0].extensions.code).toBe("IMAGE_UNSUPPORTED");
    expect(errors[0].message).toMatch(/JPEG.*PNG/);
  });
});
