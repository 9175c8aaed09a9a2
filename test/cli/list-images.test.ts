import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listFiledImages, listImages } from "../../cli/images/list-images.ts";

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

describe("a folder with hidden files and links", () => {
  let root: string;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), "linked-images-"));
    for (const name of ["cats", "cats/.thumbnails", "elsewhere", "photos"]) {
      await mkdir(join(root, name));
    }
    for (const name of [
      "cats/a.jpg",
      "cats/._a.jpg",
      "cats/.thumbnails/a.jpg",
      "elsewhere/b.jpg",
    ]) {
      await writeFile(join(root, name), "");
    }
    await mkdir(join(root, "photos", "dogs"));
    await writeFile(join(root, "photos", "dogs", "c.jpg"), "");
    await symlink(join(root, "gone.jpg"), join(root, "photos", "dangling.jpg"));
    await symlink("..", join(root, "photos", "dogs", "parent"));
    await symlink(join(root, "photos"), join(root, "photos", "dogs", "a-root"));
    await symlink(join(root, "cats"), join(root, "photos", "cats"));
    await symlink(join(root, "elsewhere", "b.jpg"), join(root, "photos", "dogs", "b.jpg"));
  });
  afterAll(() => rm(root, { recursive: true }));

  it("lists no hidden files, nor those of hidden folders", async () => {
    expect(await listImages(join(root, "cats"))).toEqual([join(root, "cats/a.jpg")]);
  });

  it("follows links, but lists each photo once, and leaves links to nothing out", async () => {
    const photos = join(root, "photos");
    expect((await listImages(photos)).map((path) => relative(photos, path))).toEqual([
      "cats/a.jpg",
      "dogs/b.jpg",
      "dogs/c.jpg",
    ]);
  });
});

describe("listFiledImages()", () => {
  it.each(["", "./", "/", "/.", "/below/.."])(
    "names the folders below the path with %j",
    async (ending) => {
      const root = await mkdtemp(join(tmpdir(), "filed-images-"));
      await mkdir(join(root, "cats"));
      await mkdir(join(root, "below"));
      await writeFile(join(root, "cats", "a.jpg"), "");
      const given = ending.startsWith("/")
        ? root + ending
        : `${relative(".", root)}${ending && "/"}${ending}`;
      expect((await listFiledImages(given)).map(({ folder }) => folder)).toEqual(["cats"]);
      await rm(root, { recursive: true });
    },
  );

  it("takes the current folder as .", async () => {
    const before = process.cwd();
    const root = await mkdtemp(join(tmpdir(), "filed-images-"));
    await mkdir(join(root, "cats"));
    await writeFile(join(root, "cats", "a.jpg"), "");
    process.chdir(root);
    try {
      for (const given of [".", "./"]) {
        expect(await listFiledImages(given)).toEqual([{ path: "cats/a.jpg", folder: "cats" }]);
      }
    } finally {
      process.chdir(before);
    }
  });
});
