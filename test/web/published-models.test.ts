/** What operators do to models, as it shows on the page. */

import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openLocalStore } from "../../cli/buckets/local-store.ts";
import { publish } from "../../cli/commands/model/publish.ts";
import { versionFileKey } from "../../src/models/version-ref.ts";

import { answerOf, classifyFile, describePage, example } from "./support/page.ts";

const ID = "efficientnet-lite0";
const OTHER = "resnet18-in277@1.0.0";
/** The first class of its photo, at 0.95. */
const ESPRESSO = "n07920052";
const NEW = "1.1.0";

/** Lets the default be a new version of the embedded network, whose manifest says something else. */
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
  "a default with thresholds of single classes",
  async (configPath) => {
    const fitted = { dataset: "test", images: 100, temperature: 1 };
    await publishDefault(configPath, {
      recommendedThreshold: 0.99,
      calibration: { ...fitted, classThresholds: { [ESPRESSO]: 0.9 } },
    });
    return {};
  },
  ({ open }) => {
    it("answers by them until a threshold is chosen", async () => {
      const { page } = await open();
      await classifyFile(page, "espresso.jpg");
      expect(await answerOf(page)).toBe("espresso");
      expect(await page.getByLabel("Recommended threshold: 99 %").count()).toBe(1);
      // The answer stands out although the slider is above it; the others do not.
      const below = await page.locator(".predictions > li.below").count();
      expect(below).toBe((await page.locator(".predictions > li").count()) - 1);
      await page.getByText("Show as code").click();
      expect(await page.textContent("pre")).not.toContain("threshold");
      await page.getByLabel(/threshold:/i).fill("0.98");
      expect(await answerOf(page)).not.toBe("espresso");
      expect(await page.locator(".predictions > li:not(.below)").count()).toBe(0);
      expect(await page.textContent("pre")).toContain("threshold: 0.98,");
    });

    it("is compared with what it is not", async () => {
      const { page } = await open();
      const optionsOf = (name: string) => page.getByLabel(name).locator("option").allTextContents();
      await classifyFile(page, "espresso.jpg");
      await page.getByText("Settings").click();
      const versions = [`${ID}@1.0.0`, `${ID}@${NEW}`, OTHER];
      const byDefault = `Default (${ID}@${NEW})`;
      expect(await optionsOf("Model")).toEqual([byDefault, ...versions]);
      expect(await optionsOf("Compare with")).toEqual(["nothing", versions[0], OTHER]);
      await page.getByLabel("Compare with").selectOption(OTHER);
      await page.waitForFunction(() => document.querySelectorAll(".result").length === 3);
      // Chosen as the model, it is not compared with itself.
      await page.getByLabel("Model").selectOption(OTHER);
      await page.waitForFunction(() => document.querySelectorAll(".result").length === 1);
      expect(await optionsOf("Compare with")).toEqual([
        "nothing",
        byDefault,
        versions[0],
        versions[1],
      ]);
    });
  },
);

describePage(
  "a default whose file is broken",
  async (configPath) => {
    await publishDefault(configPath, {});
    const store = await openLocalStore(configPath);
    const key = versionFileKey({ id: ID, version: NEW }, "int8.onnx");
    const object = await store.get(key);
    if (!object) throw new Error(`${key} is missing.`);
    object.bytes[1000] = (object.bytes[1000] as number) ^ 1;
    await store.put(key, object.bytes, { ifMatch: object.etag });
    await store.close();
    return {};
  },
  ({ open }) => {
    it("is answered by the version before, which the page names", async () => {
      const { page } = await open();
      await page
        .locator("option", { hasText: `@${NEW}` })
        .first()
        .waitFor({ state: "attached" });
      await page.setInputFiles("input[type=file]", example("espresso.jpg"));
      await page.waitForSelector(".answer h2");
      expect(await answerOf(page)).toBe("espresso");
      expect(await page.textContent(".result")).toContain(`Answered by ${ID}@1.0.0`);
    });
  },
);
