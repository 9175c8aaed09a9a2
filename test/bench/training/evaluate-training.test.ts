/** The evaluation of ways of training: the arithmetic of its tables, and that finished runs are kept. */
import { mkdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { openPool, writeChoice } from "../../../bench/training/choose-photos.ts";
import { finishRuns } from "../../../bench/training/finish-runs.ts";
import { comparePaired, quantile } from "../../../bench/training/paired-difference.ts";
import { MEASURED, type PlannedRun } from "../../../bench/training/planned-run.ts";
import { readMeasured } from "../../../bench/training/read-measured.ts";
import { listPhotos } from "../../../cli/training/dataset/list-photos.ts";
import { PHOTO_CLASSES, writePhotos } from "../../cli/support/made-up-photos.ts";
import { makeModelFolder } from "../../cli/support/make-model.ts";
import { useWorkspace } from "../../support/workspace.ts";

describe("comparePaired", () => {
  it("allows for the seeds and for the photos", () => {
    const own = [
      [1, 1, 1, 1, 0],
      [1, 1, 0, 1, 1],
      [1, 1, 1, 1, 1],
    ];
    const other = [
      [1, 0, 0, 1, 0],
      [1, 0, 0, 0, 1],
      [0, 1, 1, 1, 1],
    ];
    const { mean, interval, verdict } = comparePaired(own, other);
    // By seed 0.4, 0.4 and 0.2; by photo 1/3, 2/3, 1/3, 1/3 and 0. The variances of the means are 1/225 and 1/90, the
    // degrees of freedom 5.94, and t is 2.453.
    expect(mean).toBeCloseTo(1 / 3, 9);
    expect(interval[1] - mean).toBeCloseTo(2.453 * Math.sqrt(1 / 225 + 1 / 90), 3);
    expect(mean - interval[0]).toBeCloseTo(interval[1] - mean, 9);
    expect(verdict).toBe("helps");
    expect(comparePaired(other, own).verdict).toBe("hurts");
  });

  it("takes one answer of all seeds for each of them", () => {
    const { mean, verdict } = comparePaired(
      [[1, 0, 1, 0]],
      [
        [1, 0, 0, 0],
        [0, 1, 1, 0],
      ],
    );
    expect(mean).toBeCloseTo(1 / 8, 9);
    expect(verdict).toBe("no significant difference");
  });

  it.each([
    // From a table of Student's t.
    [2, 4.3027],
    [4, 2.7764],
    [10, 2.2281],
    [100, 1.984],
  ])("knows t for %d degrees of freedom", (freedom, expected) => {
    expect(Math.abs(quantile(freedom) / expected - 1)).toBeLessThan(0.01);
  });
});

describe("finishRuns", () => {
  const workspace = useWorkspace();
  const at = (...names: string[]) => join(workspace().folder, ...names);
  let runs: PlannedRun[];
  const finish = () => finishRuns(runs, at("out"), 2, () => {});

  beforeAll(async () => {
    await makeModelFolder(at("tiny"), { width: 8 });
    await writePhotos(at("data", "train"), 16);
    for (const id of PHOTO_CLASSES) {
      await mkdir(at("data", "val", id), { recursive: true });
      for (const name of ["0.png", "1.png", "2.png", "3.png"]) {
        await rename(at("data", "train", id, name), at("data", "val", id, name));
      }
    }
    const counts = { train: 6, validation: 2, test: 3 };
    const chosen = await writeChoice(at("out", "set"), await openPool(at("data"), counts), counts);
    const train = (seed: number, needs: string[] = []): PlannedRun => ({
      name: `set/one/${seed}`,
      config: {
        photos: chosen.train,
        validation: chosen.validation,
        split: { validation: 0, test: 0 },
        base: at("tiny"),
        seed,
        batch: 8,
        stages: [{ epochs: 1, trainFrom: 0, rate: 0.003, headRate: 0.02 }],
      },
      test: chosen.test,
      needs,
      work: 1,
    });
    const members = ["set/one/0", "set/one/1"];
    // In an order in which they cannot run.
    runs = [
      { name: "set/soup/0", test: chosen.test, work: 1, members },
      train(1, ["set/one/0"]),
      train(0),
    ];
  });

  it("trains what others need first, and trains nothing twice", async () => {
    expect(await finish()).toEqual(["set/one/0", "set/one/1", "set/soup/0"]);
    const soup = await readMeasured(at("out"), "set/soup/0");
    expect(soup).toMatchObject({ photos: 18, epochs: 1 });
    expect(soup.test.truths).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2]);
    expect(soup.validation.truths).toHaveLength(6);

    const log = await stat(at("out", "set/one/1/log.jsonl"));
    const before = await readFile(at("out", "set/one/1", MEASURED), "utf8");
    await rm(at("out", "set/one/1", MEASURED));
    expect(await finish()).toEqual(["set/one/1"]);
    // It was tested again, and not trained again.
    expect((await stat(at("out", "set/one/1/log.jsonl"))).mtimeMs).toBe(log.mtimeMs);
    const { test } = await readMeasured(at("out"), "set/one/1");
    expect(test).toEqual(JSON.parse(before).test);
    expect(await finish()).toEqual([]);
  });

  it("tests on photos that are not trained on", async () => {
    const { photos } = await listPhotos(at("out", "set", "test.csv"));
    for (const { path } of photos) expect(path).toContain(join("data", "val"));
    const lists = await Promise.all(
      ["train", "validation"].map((part) => listPhotos(at("out", "set", `${part}.csv`))),
    );
    const paths = lists.flatMap((list) => list.photos.map(({ path }) => path));
    expect(new Set(paths).size).toBe(24);
  });
});
