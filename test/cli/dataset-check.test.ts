import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import type { DatasetReport } from "../../cli/training/dataset/check-dataset.ts";
import { useWorkspace } from "../support/workspace.ts";
import { writePhotos } from "./support/made-up-photos.ts";
import { runCli } from "./support/run-cli.ts";

const workspace = useWorkspace();
let photos: string;

async function check(...words: string[]) {
  const { code, stdout } = await runCli(["dataset", "check", ...words, "--json"]);
  return { code, report: JSON.parse(stdout) as DatasetReport };
}

beforeEach(async () => {
  photos = join(workspace().folder, "photos");
  await rm(photos, { recursive: true, force: true });
  await writePhotos(photos, 10);
});

describe("dataset check", () => {
  it("counts the photos of each class, and has nothing to say about good ones", async () => {
    const { code, report } = await check(photos, "--no-suspects");
    expect(code).toBe(0);
    expect(report).toMatchObject({
      photos: 30,
      classes: [
        { id: "apple", train: 10 },
        { id: "lemon", train: 10 },
        { id: "sky", train: 10 },
      ],
      damaged: [],
      duplicates: [],
      smallClasses: [],
      errors: [],
    });
  });

  it("names files that are not photos", async () => {
    await writeFile(join(photos, "lemon", "text.jpg"), "not a photo");
    const { report } = await check(photos, "--no-suspects");
    expect(report.damaged).toMatchObject([{ path: join(photos, "lemon", "text.jpg") }]);
    expect(report.photos).toBe(30);
  });

  it("finds the same picture in two classes, which is an error", async () => {
    await copyFile(join(photos, "apple", "0.png"), join(photos, "sky", "other.png"));
    const { code, report } = await check(photos, "--no-suspects");
    expect(code).toBe(1);
    expect(report.duplicates).toEqual([
      {
        paths: [join(photos, "apple", "0.png"), join(photos, "sky", "other.png")],
        exact: true,
        leak: false,
        contradiction: true,
      },
    ]);
  });

  it("finds photos for validation that are also trained on, which is an error", async () => {
    const validation = join(workspace().folder, "validation");
    await writePhotos(validation, 1);
    const { code, report } = await check(photos, "--validation", validation, "--no-suspects");
    // writePhotos draws the same photos each time, as long as the count is the same.
    expect(code).toBe(1);
    expect(report.duplicates.filter(({ leak }) => leak).length).toBeGreaterThan(0);
    expect(report.errors.join()).toMatch(/also there for training/);
  });

  it("takes photos of one class for validation", async () => {
    const validation = join(workspace().folder, "one-class");
    await mkdir(join(validation, "apple"), { recursive: true });
    await copyFile("examples/cat.jpg", join(validation, "apple", "0.jpg"));
    const { code, report } = await check(photos, "--validation", validation, "--no-suspects");
    expect(code).toBe(0);
    expect(report.classes[0]).toMatchObject({ id: "apple", train: 10, validation: 1 });
  });

  it("names classes with few photos", async () => {
    for (let i = 3; i < 10; i++) await rm(join(photos, "sky", `${i}.png`));
    const { code, report } = await check(photos, "--no-suspects");
    expect(code).toBe(0);
    expect(report.smallClasses).toEqual(["sky"]);
  });

  it("finds a photo that looks unlike the others of its class", async () => {
    const strange = join(photos, "apple", "strange.jpg");
    await copyFile("examples/cat.jpg", strange);
    const { report } = await check(photos);
    expect(report.suspects?.[0]?.path).toBe(strange);
  });

  it("reads a CSV file of paths and classes", async () => {
    const csv = join(workspace().folder, "photos.csv");
    const lines = ["apple", "sky"].flatMap((id) =>
      [0, 1, 2, 3, 4].map((i) => `photos/${id}/${i}.png,${id}`),
    );
    await writeFile(csv, `path,class\n${lines.join("\n")}\n`);
    const { report } = await check(csv, "--no-suspects");
    expect(report.classes).toMatchObject([
      { id: "apple", train: 5 },
      { id: "sky", train: 5 },
    ]);
  });

  it.each([
    ["a missing column", "file,class\na.png,apple\n", /path/],
    ["an empty cell", "path,class\nphotos/apple/0.png,\n", /line 2/],
    ["a photo twice", "path,class\na.png,apple\na.png,sky\n", /more than once/],
  ])("explains %s of a CSV file", async (_, text, cause) => {
    const csv = join(workspace().folder, "bad.csv");
    await writeFile(csv, text);
    const { code, stdout } = await runCli(["dataset", "check", csv, "--json"]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout).error).toMatchObject({
      code: "FILE_INVALID",
      cause: expect.stringMatching(cause),
    });
  });

  it("needs two classes", async () => {
    const one = join(workspace().folder, "one");
    await mkdir(join(one, "apple"), { recursive: true });
    await writeFile(join(one, "apple", "0.png"), await readFile(join(photos, "apple", "0.png")));
    const { stdout } = await runCli(["dataset", "check", one, "--json"]);
    expect(JSON.parse(stdout).error.code).toBe("IMAGES_MISSING");
  });
});
