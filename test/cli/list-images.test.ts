import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listImages } from "../../cli/images/list-images.ts";

const IMAGES = ["a.jpg", "b.jpeg", "below/c.PNG", "below/d.webp", "e.gif", "f.avif"];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "list-images-"));
  await mkdir(join(folder, "below"));
  await mkdir(join(folder, "empty"));
  for (const name of [...IMAGES, "notes.txt", "phone.heic", "png"]) {
    await writeFile(join(folder, name), "");
  }
});
afterAll(() => rm(folder, { recursive: true }));

describe("listImages()", () => {
  it("finds the files of every format that can be decoded, in folders below too", async () => {
    expect(await listImages(folder)).toEqual(IMAGES.map((name) => join(folder, name)).sort());
  });

  it("names the formats if a folder has no images", async () => {
    await expect(listImages(join(folder, "empty"))).rejects.toMatchObject({
      code: "IMAGES_MISSING",
      why: expect.stringContaining("JPEG, PNG, WebP, GIF and AVIF"),
    });
  });
});
