/** How the page shows what operators do to models. */

import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openLocalStore } from "../../cli/buckets/local-store.ts";
import { publish } from "../../cli/commands/model/publish.ts";
import type { TrainingOrigin } from "../../src/models/training-origin.ts";
import { versionFileKey } from "../../src/models/version-ref.ts";
import {
  answerIn,
  barsIn,
  classifyFile,
  compareWith,
  describePage,
  resultsIn,
} from "./support/page.ts";

const ID = "efficientnet-lite0";
const OTHER = "resnet18@1.0.0";
/** Id of the first class of espresso.jpg, at 0.95. */
const ESPRESSO = "n07920052";
const NEW = "1.2.0";
const TRAINING: TrainingOrigin = {
  method: "fine-tuning",
  base: "resnet18@1.0.0",
  fromInt8: true,
  photos: { train: 2588, validation: 554, test: 554 },
  classes: 5,
  settings: { epochs: 25 },
};

/** Publishes the embedded network as a new version with another manifest, and promotes it. */
async function publishDefault(configPath: string, changes: object): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "resnet-edge-page-"));
  await cp(new URL(`../../models/${ID}`, import.meta.url), folder, { recursive: true });
  const path = join(folder, "manifest.json");
  const manifest = JSON.parse(await readFile(path, "utf8"));
  await writeFile(path, JSON.stringify({ ...manifest, version: NEW, ...changes }));
  await publish.run([folder, "--promote", "default", "--config", configPath]);
  await rm(folder, { recursive: true });
}

describePage(
  "a default model with thresholds for single classes",
  async (configPath) => {
    const fitted = { dataset: "test", images: 100, temperature: 1 };
    await publishDefault(configPath, {
      recommendedThreshold: 0.99,
      calibration: { ...fitted, classThresholds: { [ESPRESSO]: 0.9 } },
      metrics: { test: { images: 554, top1: 93.14 } },
      training: TRAINING,
    });
    return {};
  },
  ({ open }) => {
    it("the page uses the thresholds of the classes until the visitor chooses one", async () => {
      const { page } = await open();
      await classifyFile(page, "espresso.jpg");
      expect(await answerIn(page).textContent()).toBe("espresso");
      expect(await page.getByLabel("Recommended threshold: 99%").count()).toBe(1);
      // The answer stands out although the slider is above it; the others do not.
      expect(await barsIn(page, "below the threshold").count()).toBe(4);
      expect(await barsIn(page, /^espresso$/).count()).toBe(1);
      await page.getByRole("main").getByText("Show as code").click();
      expect(await page.getByRole("code").textContent()).not.toContain("threshold");
      await page.getByLabel(/threshold:/i).fill("0.98");
      expect(await answerIn(page).textContent()).not.toBe("espresso");
      expect(await barsIn(page, "below the threshold").count()).toBe(5);
      expect(await page.getByRole("code").textContent()).toContain("threshold: 0.98,");
    });

    it("two versions of one model can be told apart when they are compared", async () => {
      const { page } = await open();
      await classifyFile(page, "espresso.jpg");
      await compareWith(page, `${ID}@1.1.0`);
      await resultsIn(page).nth(2).waitFor();
      const names = await resultsIn(page).evaluateAll((results) =>
        results.map((result) => result.getAttribute("aria-label")),
      );
      const versions = [`EfficientNet-Lite0 ${NEW}`, "EfficientNet-Lite0 1.1.0"];
      expect(names).toEqual([...versions, "Average of both"]);
      const votes = page.getByRole("list", { name: "Each model on its own" }).getByRole("listitem");
      expect(await votes.allTextContents()).toEqual(
        // The new version has another temperature.
        [`${versions[0]}: espresso, 95`, `${versions[1]}: espresso, 99`].map((text) =>
          expect.stringContaining(text),
        ),
      );
    });

    it("a trained model says what it was trained from, in both languages", async () => {
      const { page } = await open();
      await page.getByRole("main").getByText("Settings").click();
      const english =
        "Fine-tuned from resnet18@1.0.0 · 2,588 training photos in 5 classes · 93.1% correct";
      await page.getByText(english, { exact: true }).waitFor();
      const choice = page.getByLabel("Model", { exact: true });
      const describedBy = await choice.getAttribute("aria-describedby");
      expect(await page.locator(`[id="${describedBy}"]`).textContent()).toBe(english);
      await choice.selectOption(OTHER);
      expect(await page.getByText("Fine-tuned").count()).toBe(0);
      const chinese = await open({ locale: "zh-CN" });
      await chinese.page.getByRole("main").getByText("设置").click();
      await chinese.page
        .getByText("微调自 resnet18@1.0.0 · 训练照片 2,588 张，共 5 个类别 · 准确率 93.1%")
        .waitFor();
    });

    it("only models that cannot be the chosen one are offered for comparison", async () => {
      const { page } = await open();
      const optionsOf = (name: string) =>
        page.getByLabel(name, { exact: true }).getByRole("option").allTextContents();
      await classifyFile(page, "espresso.jpg");
      await page.getByRole("main").getByText("Settings").click();
      const lite = "EfficientNet-Lite0, 1000 classes, 6.1 MB";
      const older = `${ID}@1.1.0: ${lite}`;
      const other = `${OTHER}: ResNet-18, 1000 classes, 17 MB`;
      const byDefault = `Default (${ID}@${NEW}): ${lite}`;
      expect(await optionsOf("Model")).toEqual([byDefault, older, other]);
      expect(await optionsOf("Compare with")).toEqual(["None", older, other]);
      await compareWith(page, OTHER);
      await resultsIn(page).nth(2).waitFor();
      // Chosen as the model, it is not compared with itself.
      await page.getByLabel("Model", { exact: true }).selectOption(OTHER);
      await expect.poll(() => resultsIn(page).count()).toBe(1);
      expect(await optionsOf("Compare with")).toEqual(["None", byDefault, older]);
    });
  },
);

describePage(
  "a default model whose file is broken",
  async (configPath) => {
    await publishDefault(configPath, {});
    const store = await openLocalStore(configPath);
    // With one of them, its engine would answer.
    for (const file of ["int8.onnx", "model.tflite"]) {
      const key = versionFileKey({ id: ID, version: NEW }, file);
      const object = await store.get(key);
      if (!object) throw new Error(`${key} is missing.`);
      object.bytes[1000] = (object.bytes[1000] as number) ^ 1;
      await store.put(key, object.bytes, { ifMatch: object.etag });
    }
    await store.close();
    return {};
  },
  ({ open }) => {
    it("the previous version answers, and the page names it", async () => {
      const { page } = await open();
      await classifyFile(page, "espresso.jpg");
      expect(await answerIn(page).textContent()).toBe("espresso");
      await page.getByRole("main").getByText(`Answered by ${ID}@1.1.0 (`).waitFor();
      await page.getByRole("main").getByText("Settings").click();
      await page
        .getByRole("option", { name: `Default (${ID}@${NEW})` })
        .first()
        .waitFor({ state: "attached" });
    });
  },
);
