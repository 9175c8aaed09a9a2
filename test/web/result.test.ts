import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { encode as encodePng } from "fast-png";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { receiptSchema } from "../../src/models/receipt.ts";
import { answerAt } from "../../web/src/answer-at.ts";
import type { Classified } from "../../web/src/api/classify-photo.ts";
import { classifyDocument } from "../../web/src/api/operations.ts";
import {
  answerIn,
  barsIn,
  choosePhoto,
  classifyFile,
  compareWith,
  describePage,
  example,
  heatmapIn,
  pressHeatmap,
  resultsIn,
} from "./support/page.ts";

const run = promisify(execFile);

/** Moves the slider with that label. */
const slide = (page: Page, name: RegExp, value: string) => page.getByLabel(name).fill(value);

const historyIn = (page: Page) => page.getByRole("region", { name: "This session" });

/** Asks the service about a photo of examples/ whose variable is `path`. */
async function ask(url: string, query: string, variables: object, path: string, name: string) {
  const form = new FormData();
  form.append("operations", JSON.stringify({ query, variables }));
  form.append("map", JSON.stringify({ 0: [`variables.${path}`] }));
  form.append("0", new Blob([await readFile(example(name))]));
  const response = await fetch(new URL("/graphql", url), { method: "POST", body: form });
  return (await response.json()).data.classify;
}

async function download(page: Page, name: string): Promise<string> {
  const [saved] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name }).click(),
  ]);
  return readFile((await saved.path()) as string, "utf8");
}

describePage("the result", {}, ({ open, url }) => {
  it("the result follows the sliders without a request", async () => {
    const { page } = await open();
    await classifyFile(page, "cat.jpg");
    let requests = 0;
    page.on("request", () => requests++);
    expect(await barsIn(page).count()).toBe(5);
    await slide(page, /Predictions shown/, "9");
    expect(await barsIn(page).count()).toBe(9);
    await slide(page, /threshold:/i, "0.4");
    expect(await answerIn(page).textContent()).toBe("Egyptian cat");
    await slide(page, /threshold:/i, "0.9");
    expect(await answerIn(page).textContent()).toBe("domestic cat");
    expect(
      await page.getByRole("main").getByText("probably a kind of", { exact: true }).isVisible(),
    ).toBe(true);
    await slide(page, /threshold:/i, "1");
    expect(await answerIn(page).textContent()).toBe("Not sure");
    expect(requests).toBe(0);
  });

  it("the whole page is in Chinese after one click, and stays so", async () => {
    const { page } = await open();
    await classifyFile(page, "espresso.jpg");
    await page.getByRole("button", { name: "换成中文" }).click();
    expect(await answerIn(page).textContent()).toBe("浓缩咖啡");
    expect(await page.getAttribute("html", "lang")).toBe("zh");
    // Names of models, files and synsets, and words that are the same in Chinese.
    const same =
      /[\w-]+@[\d.]+|n\d{8}|resnet-edge|GraphQL|English|https?|CSV|JSON|API|LiteRT|ONNX Runtime|espresso\.jpg/g;
    const latin = async () => {
      // biome-ignore lint/performance/useDomNodeTextContent: only visible text counts.
      const words = await page.locator("body").innerText();
      return words.replace(same, "").match(/[A-Za-z]{2,}/g) ?? [];
    };
    // The text for screen readers follows a moment later.
    await expect.poll(latin).toEqual([]);
    await page.reload();
    expect(await page.getAttribute("html", "lang")).toBe("zh");
  });

  it("an image that is unlike photos is not sure at any threshold, and the page says why", async () => {
    const { page } = await open();
    const white = encodePng({
      width: 64,
      height: 64,
      data: new Uint8Array(64 * 64).fill(255),
      channels: 1,
    });
    const buffer = Buffer.from(white);
    await choosePhoto(page, { name: "white.png", mimeType: "image/png", buffer });
    await answerIn(page).waitFor();
    await slide(page, /threshold:/i, "0");
    expect(await answerIn(page).textContent()).toBe("Not sure");
    const why = (text: string) => resultsIn(page).getByText(text).isVisible();
    expect(await why("unlike the photos that the model knows")).toBe(true);
    expect(await barsIn(page).count()).toBe(5);
    await page.getByRole("button", { name: "换成中文" }).click();
    expect(await answerIn(page).textContent()).toBe("无法确定");
    expect(await why("不像模型认识的照片")).toBe(true);
  });

  it("the page starts in the browser's language", async () => {
    const { page } = await open({ locale: "zh-CN" });
    expect(await page.getAttribute("html", "lang")).toBe("zh");
  });

  it("the page gives the same answer as the service at every threshold", async () => {
    const variables = { image: { upload: null }, models: ["default"], topK: 10, framing: "CROP" };
    const classified: Classified = await ask(
      url(),
      classifyDocument.toString(),
      variables,
      "image.upload",
      "cat.jpg",
    );
    // The confidences themselves are where the answer changes.
    const confidences = classified.answers.map(({ confidence }) => confidence ?? 0);
    expect(confidences.length).toBeGreaterThan(3);
    for (const threshold of [0, 0.25, 0.5, 0.75, ...confidences, 1]) {
      const { answer } = await ask(
        url(),
        `query ($photo: File!, $threshold: Float) {
          classify(image: { upload: $photo }, threshold: $threshold) { answer { kind id confidence } }
        }`,
        { photo: null, threshold },
        "photo",
        "cat.jpg",
      );
      const { kind, id, confidence } = answerAt(classified, threshold) ?? {
        kind: "UNKNOWN",
        id: null,
        confidence: null,
      };
      expect({ kind, id, confidence }, `at ${threshold}`).toEqual(answer);
    }
  });

  it("one heat map is shown at a time, as opaque as the slider says", async () => {
    const { page, complaints } = await open();
    await classifyFile(page, "cat.jpg");
    const opacity = () => heatmapIn(page).evaluate((picture) => getComputedStyle(picture).opacity);
    await pressHeatmap(page, "tiger cat");
    await heatmapIn(page, "tiger cat").waitFor();
    const first = await heatmapIn(page).getAttribute("src");
    expect(await opacity()).toBe("0.8");
    await slide(page, /opacity/, "0.3");
    expect(await opacity()).toBe("0.3");
    await slide(page, /opacity/, "0");
    expect(await opacity()).toBe("0");
    await pressHeatmap(page, "Egyptian cat");
    await heatmapIn(page, "Egyptian cat").waitFor();
    expect(await heatmapIn(page).count()).toBe(1);
    expect(await heatmapIn(page).getAttribute("src")).not.toBe(first);
    await pressHeatmap(page, "Egyptian cat");
    expect(await heatmapIn(page).count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it("the heat map covers the central square that the model saw", async () => {
    const { page } = await open();
    await classifyFile(page, "cat.jpg");
    await pressHeatmap(page, "tiger cat");
    await heatmapIn(page).waitFor();
    const photo = await page.getByRole("img", { name: "Your photo" }).boundingBox();
    const map = await heatmapIn(page).boundingBox();
    if (!photo || !map) throw new Error("The photo or its heat map is not visible.");
    // The network sees 224 of 256 pixels.
    const side = Math.min(photo.width, photo.height) * (224 / 256);
    const center = (box: typeof photo) => [box.x + box.width / 2, box.y + box.height / 2];
    // The resized photo has whole pixels, and browsers place boxes on fractions of them.
    expect(Math.abs(map.width - side)).toBeLessThan(1);
    expect(Math.abs(map.height - side)).toBeLessThan(1);
    expect(Math.abs((center(map)[0] ?? 0) - (center(photo)[0] ?? 0))).toBeLessThan(1);
    expect(Math.abs((center(map)[1] ?? 0) - (center(photo)[1] ?? 0))).toBeLessThan(1);
  });

  it("two models are compared, with their average and the vote of each", async () => {
    const { page } = await open();
    await classifyFile(page, "espresso.jpg");
    await compareWith(page, "resnet18@1.0.0");
    await resultsIn(page).nth(2).waitFor();
    const votes = page.getByRole("list", { name: "Each model on its own" }).getByRole("listitem");
    expect(await votes.allTextContents()).toEqual([
      expect.stringMatching(/^EfficientNet-Lite0 1\.1\.0: espresso, 99/),
      expect.stringMatching(/^ResNet-18 1\.0\.0: espresso, 4/),
    ]);
    await compareWith(page, "");
    await expect.poll(() => resultsIn(page).count()).toBe(1);
  });

  it("the result says if it came from the cache", async () => {
    const { page } = await open();
    await classifyFile(page, "rocket.jpg");
    await page.reload();
    await classifyFile(page, "rocket.jpg");
    await page
      .getByRole("main")
      .getByText(/Answered by .*, from the cache/)
      .waitFor();
  });

  it("the receipt can be downloaded", async () => {
    const { page } = await open();
    await classifyFile(page, "espresso.jpg");
    const receipt = receiptSchema.parse(JSON.parse(await download(page, "Download receipt")));
    expect(receipt.predictions[0]?.id).toBe("n07920052");
  });

  it("the code works as pasted", async () => {
    const { page } = await open({ permissions: ["clipboard-read", "clipboard-write"] });
    await classifyFile(page, "espresso.jpg");
    await page.getByRole("main").getByText("Show as code").click();
    await page.getByRole("button", { name: "curl" }).click();
    await page.getByRole("button", { name: "Copy" }).click();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    const { stdout } = await run("bash", ["-c", copied], { cwd: example("") });
    expect(JSON.parse(stdout).answer.label).toBe("espresso");
    await page.getByRole("button", { name: "GraphQL", exact: true }).click();
    const query = (await page.getByRole("code").textContent()) ?? "";
    const { answer } = await ask(url(), query, { photo: null }, "photo", "espresso.jpg");
    expect(answer.label).toBe("espresso");
  });

  it("the history lasts as long as the tab, and can be exported and cleared", async () => {
    const { page } = await open();
    await classifyFile(page, "espresso.jpg");
    const entries = historyIn(page).getByRole("listitem");
    await entries.filter({ hasText: "espresso" }).waitFor();
    await classifyFile(page, "cat.jpg");
    await entries.filter({ hasText: "domestic cat" }).waitFor();
    await page.reload();
    await expect.poll(() => entries.count()).toBe(2);
    const lines = (await download(page, "Export as CSV")).split("\r\n");
    expect(lines).toHaveLength(4);
    expect(lines[1]).toMatch(
      /,cat\.jpg,efficientnet-lite0@1\.1\.0,ANCESTOR,n02121808,n02121808,domestic cat,/,
    );
    const saved = JSON.parse(await download(page, "Export as JSON"));
    expect(saved.map(({ en }: { en: string }) => en)).toEqual(["domestic cat", "espresso"]);
    await page.getByRole("button", { name: "Clear history" }).click();
    expect(await entries.count()).toBe(0);
  });

  it("everything can be reached with the keyboard alone", async () => {
    const { page } = await open();
    const tabTo = async (name: string) => {
      for (let i = 0; i < 60; i++) {
        await page.keyboard.press("Tab");
        const focused = await page.evaluate(() => {
          const { activeElement } = document;
          const label = activeElement?.id
            ? document.querySelector(`label[for="${activeElement.id}"]`)
            : undefined;
          return [
            activeElement?.getAttribute("aria-label"),
            activeElement?.textContent,
            activeElement?.querySelector("img")?.alt,
            label?.textContent,
          ].join(" ");
        });
        if (focused.includes(name)) return;
      }
      throw new Error(`No control called "${name}" can be reached.`);
    };
    await tabTo("An espresso");
    await page.keyboard.press("Enter");
    await answerIn(page).waitFor();
    await tabTo("Predictions shown");
    await page.keyboard.press("ArrowLeft");
    expect(await barsIn(page).count()).toBe(4);
    await tabTo("Where it looked: espresso");
    await page.keyboard.press("Enter");
    await heatmapIn(page).waitFor();
    await tabTo("Show as code");
    await page.keyboard.press("Enter");
    expect(await page.getByRole("code").isVisible()).toBe(true);
  });
});
