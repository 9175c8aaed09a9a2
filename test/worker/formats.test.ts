import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { createApp } from "../../src/app.ts";
import { workerPlatform } from "../../src/worker-platform.ts";
import { uploadQuery } from "../../tools/upload-query.ts";
import { readRepoFile } from "./support/repo-file.ts";
import { seedBucket } from "./support/seed.ts";

const CLASSIFY = `query ($image: File!) {
  classify(image: { upload: $image }) { answer { synset } image { format } }
}`;
const INSPECT = `query ($image: File!) {
  inspectImage(image: { upload: $image }) {
    format width height frames decodable problem estimatedDecodeBytes
  }
}`;
const ESPRESSO = "n07920052";

const apps = {
  wasm: createApp(env, workerPlatform),
  js: createApp({ ...env, IMAGE_DECODER: "js" }, workerPlatform),
  "wasm with 100 kB to decode": createApp({ ...env, MAX_DECODE_BYTES: "100000" }, workerPlatform),
};

beforeAll(seedBucket);

describe.each(["jpg", "png", "gif", "webp", "avif"])("a .%s photo", (extension) => {
  const file = `examples/espresso.${extension}`;
  const format = extension === "jpg" ? "JPEG" : extension.toUpperCase();

  it("is classified correctly", async () => {
    const { data, errors } = await ask("wasm", CLASSIFY, file);
    expect(errors).toBeUndefined();
    expect(data.classify).toEqual({ answer: { synset: ESPRESSO }, image: { format } });
  });

  it("is decodable unless its estimated memory exceeds the limit", async () => {
    const { data } = await ask("wasm", INSPECT, file);
    expect(data.inspectImage).toMatchObject({ format, frames: 1, decodable: true, problem: null });
    const small = await ask("wasm with 100 kB to decode", INSPECT, file);
    const { decodable, problem, estimatedDecodeBytes } = small.data.inspectImage;
    expect(decodable).toBe(estimatedDecodeBytes <= 100_000);
    if (!decodable) expect(problem).toContain(String(estimatedDecodeBytes));
  });
});

describe("IMAGE_DECODER=js", () => {
  it.each(["jpg", "png"])("classifies %s without WebAssembly codecs", async (extension) => {
    const { data } = await ask("js", CLASSIFY, `examples/espresso.${extension}`);
    expect(data.classify.answer.synset).toBe(ESPRESSO);
  });

  it.each(["gif", "webp", "avif"])("rejects %s with IMAGE_UNSUPPORTED", async (extension) => {
    const file = `examples/espresso.${extension}`;
    const { errors } = await ask("js", CLASSIFY, file);
    expect(errors[0].extensions.code).toBe("IMAGE_UNSUPPORTED");
    const { data } = await ask("js", INSPECT, file);
    expect(data.inspectImage.decodable).toBe(false);
    expect(data.inspectImage.problem.toLowerCase()).toContain(extension);
  });
});

// biome-ignore lint/suspicious/noExplicitAny: the shape depends on the query of each test
async function ask(app: keyof typeof apps, document: string, path: string): Promise<any> {
  const body = uploadQuery(document, {}, "image", new File([await readRepoFile(path)], "photo"));
  const request = new Request("http://resnet-edge.test/graphql", { method: "POST", body });
  return (await apps[app](request)).json();
}
