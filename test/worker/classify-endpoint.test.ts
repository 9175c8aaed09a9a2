import { beforeAll, describe, expect, it } from "vitest";
import { fetchWorker, upload } from "./support/graphql.ts";
import { readRepoFile } from "./support/repo-file.ts";
import { seedBucket } from "./support/seed.ts";

let espresso: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  await seedBucket();
  espresso = await readRepoFile("examples/espresso.jpg");
});

// biome-ignore lint/suspicious/noExplicitAny: tests read what they asked for
async function post(path: string, init: RequestInit): Promise<{ status: number; body: any }> {
  const response = await fetchWorker(path, { method: "POST", ...init });
  return { status: response.status, body: await response.json() };
}

describe("POST /classify", () => {
  it.each(["image/jpeg", "application/x-www-form-urlencoded", "application/octet-stream"])(
    "takes the image as a body of type %s",
    async (type) => {
      const { status, body } = await post("/classify?topK=5&locale=zh", {
        headers: { "content-type": type },
        body: espresso,
      });
      expect(status).toBe(200);
      expect(body.predictions).toHaveLength(5);
      expect(body.answer).toMatchObject({ kind: "CLASS", synset: "n07920052" });
      expect(body.answer.label).toContain("咖啡");
    },
  );

  it("says the same as GraphQL", async () => {
    const { body } = await post("/classify?topK=7&threshold=0.001&model=resnet18", {
      body: espresso,
    });
    const { data } = await upload(
      `query ($image: File!) {
        classify(image: { upload: $image }, topK: 7, threshold: 0.001, model: "resnet18") {
          answer { kind synset label confidence }
          predictions { rank classIndex synset label aliases confidence }
          votes { model { id version } prediction { synset label confidence } }
          model { id version }
          image { format width height orientation bytes sha256 }
          cached receipt
        }
      }`,
      espresso,
    );
    expect(body).toEqual(data.classify);
  });

  it("takes an ensemble", async () => {
    const { body } = await post("/classify?models=default,resnet18", { body: espresso });
    expect(body.votes).toHaveLength(2);
  });

  it.each([
    ["topK=0", 400, "BAD_USER_INPUT"],
    ["topK=x", 400, "BAD_USER_INPUT"],
    ["topK=", 400, "BAD_USER_INPUT"],
    ["topK=1.5", 400, "BAD_USER_INPUT"],
    ["threshold=2", 400, "BAD_USER_INPUT"],
    ["locale=fr", 400, "BAD_USER_INPUT"],
    ["model=none", 404, "MODEL_NOT_FOUND"],
    ["models=", 404, "MODEL_NOT_FOUND"],
    ["top_k=3", 400, "BAD_USER_INPUT"],
    ["__proto__=1", 400, "BAD_USER_INPUT"],
  ])("?%s is %s %s", async (search, expected, code) => {
    const { status, body } = await post(`/classify?${search}`, { body: espresso });
    expect(body.errors[0].extensions.code).toBe(code);
    expect(status).toBe(expected);
  });

  it("an empty body, noise and a form get typed errors", async () => {
    const empty = await post("/classify", { body: new Uint8Array() });
    expect(empty.body.errors[0].extensions.code).toBe("IMAGE_EMPTY");
    const noise = await post("/classify", { body: "noise" });
    expect(noise.status).toBe(415);
    const form = new FormData();
    form.append("image", new Blob([espresso]));
    const { status, body } = await post("/classify", { body: form });
    expect(status).toBe(415);
    expect(body.errors[0].message).toContain("--data-binary");
  });

  it("is asked by POST", async () => {
    const response = await fetchWorker("/classify");
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe("POST");
  });
});
