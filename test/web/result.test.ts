import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { receiptSchema } from "../../src/models/receipt.ts";
import { answerOf, classifyFile, describePage, example } from "./support/page.ts";

const run = promisify(execFile);

/** Moves a slider as its owner would see it move. */
const slide = (page: Page, name: RegExp, value: string) => page.getByLabel(name).fill(value);

async function download(page: Page, name: string): Promise<string> {
  const [saved] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name }).click(),
  ]);
  return readFile((await saved.path()) as string, "utf8");
}

describePage("the result", {}, ({ open, url }) => {
  it("follows the sliders at once, without a request", async () => {
    const { page } = await open();
    await classifyFile(page, "cat.jpg");
    let requests = 0;
    page.on("request", () => requests++);
    expect(await page.locator(".predictions > li").count()).toBe(5);
    await slide(page, /Predictions shown/, "9");
    expect(await page.locator(".predictions > li").count()).toBe(9);
    expect(await answerOf(page)).toBe("tiger cat");
    await slide(page, /threshold:/i, "0.9");
    expect(await answerOf(page)).toBe("domestic cat");
    expect(await page.textContent(".answer")).toContain("probably a kind of");
    await slide(page, /threshold:/i, "1");
    expect(await answerOf(page)).toBe("Not sure");
    expect(requests).toBe(0);
  });

  it("is in Chinese, like the whole page, at a click, and stays so", async () => {
    const { page } = await open();
    await classifyFile(page, "espresso.jpg");
    await page.getByRole("button", { name: "换成中文" }).click();
    expect(await answerOf(page)).toBe("浓缩咖啡");
    expect(await page.getAttribute("html", "lang")).toBe("zh");
    // biome-ignore lint/performance/useDomNodeTextContent: only what can be seen is meant.
    const words = await page.locator("body").innerText();
    // Names of models and synsets, and what everybody calls so.
    const latin = words.replace(
      /[\w-]+@[\d.]+|n\d{8}|resnet-edge|GraphQL|English|https?|CSV|JSON/g,
      "",
    );
    expect(latin.match(/[A-Za-z]{2,}/g)?.filter((word) => word !== "API")).toBeUndefined();
    await page.reload();
    expect(await page.getAttribute("html", "lang")).toBe("zh");
  });

  it("starts in the browser's language", async () => {
    const { page } = await open({ locale: "zh-CN" });
    expect(await page.getAttribute("html", "lang")).toBe("zh");
  });

  it("shows where the model looked, as strongly as asked, per prediction", async () => {
    const { page, complaints } = await open();
    await classifyFile(page, "cat.jpg");
    const photo = page.locator(".photo");
    const plain = await photo.screenshot();
    await page.getByRole("button", { name: "Where it looked: tiger cat" }).click();
    await page.waitForSelector(".overlay");
    const first = await photo.screenshot();
    expect(first.equals(plain)).toBe(false);
    await slide(page, /Opacity/, "0.3");
    const faint = await photo.screenshot();
    expect(faint.equals(first)).toBe(false);
    await slide(page, /Opacity/, "0");
    expect((await photo.screenshot()).equals(plain)).toBe(true);
    await slide(page, /Opacity/, "0.8");
    await page.getByRole("button", { name: "Where it looked: Egyptian cat" }).click();
    await page.locator(".overlay[alt$='Egyptian cat']").waitFor();
    expect((await photo.screenshot()).equals(first)).toBe(false);
    await page.getByRole("button", { name: "Where it looked: Egyptian cat" }).click();
    expect((await photo.screenshot()).equals(plain)).toBe(true);
    expect(complaints).toEqual([]);
  });

  it("compares two models and their ensemble, with each vote", async () => {
    const { page } = await open();
    await classifyFile(page, "espresso.jpg");
    await page.getByText("Settings").click();
    await page.getByLabel("Compare with").selectOption("resnet18-in277@1.0.0");
    await page.waitForFunction(() => document.querySelectorAll(".result").length === 3);
    const votes = await page.locator(".votes li").allTextContents();
    expect(votes).toEqual([
      expect.stringMatching(/^EfficientNet-Lite0: espresso, 95/),
      expect.stringMatching(/^ResNet-18.*: consomme, 4/),
    ]);
    await page.getByLabel("Compare with").selectOption("");
    await page.waitForFunction(() => document.querySelectorAll(".result").length === 1);
  });

  it("says whether it was remembered", async () => {
    const { page } = await open();
    await classifyFile(page, "rocket.jpg");
    await page.reload();
    await classifyFile(page, "rocket.jpg");
    expect(await page.textContent(".result")).toContain("remembered");
  });

  it("comes with a receipt", async () => {
    const { page } = await open();
    await classifyFile(page, "espresso.jpg");
    const receipt = receiptSchema.parse(JSON.parse(await download(page, "Download the receipt")));
    expect(receipt.predictions[0]?.synset).toBe("n07920052");
  });

  it("comes as code that works as pasted", async () => {
    const { page } = await open({ permissions: ["clipboard-read", "clipboard-write"] });
    await classifyFile(page, "espresso.jpg");
    await page.getByText("Show as code").click();
    await page.getByRole("button", { name: "curl" }).click();
    await page.getByRole("button", { name: "Copy" }).click();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    const { stdout } = await run("bash", ["-c", copied], { cwd: example("") });
    expect(JSON.parse(stdout).answer.label).toBe("espresso");
    await page.getByRole("button", { name: "GraphQL", exact: true }).click();
    const query = await page.textContent("pre");
    const form = new FormData();
    form.append("operations", JSON.stringify({ query, variables: { photo: null } }));
    form.append("map", JSON.stringify({ 0: ["variables.photo"] }));
    form.append("0", new Blob([await readFile(example("espresso.jpg"))]));
    const answer = await fetch(new URL("/graphql", url()), { method: "POST", body: form });
    expect((await answer.json()).data.classify.answer.label).toBe("espresso");
  });

  it("stays in this tab's history, which can be exported and forgotten", async () => {
    const { page } = await open();
    await classifyFile(page, "espresso.jpg");
    await page.locator(".history li").waitFor();
    await page.setInputFiles("input[type=file]", example("cat.jpg"));
    await page.waitForFunction(() => document.querySelectorAll(".history li").length === 2);
    await page.reload();
    expect(await page.locator(".history li img").count()).toBe(2);
    const lines = (await download(page, "Export as CSV")).split("\r\n");
    expect(lines).toHaveLength(4);
    expect(lines[1]).toMatch(/,cat\.jpg,efficientnet-lite0@1\.0\.0,n02123159,tiger cat,/);
    const entries = JSON.parse(await download(page, "Export as JSON"));
    expect(entries.map(({ en }: { en: string }) => en)).toEqual(["tiger cat", "espresso"]);
    await page.getByRole("button", { name: "Forget all" }).click();
    expect(await page.locator(".history li").count()).toBe(0);
  });

  it("is reached by keyboard alone", async () => {
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
      throw new Error(`Nothing called "${name}" can be reached.`);
    };
    await tabTo("An espresso");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".answer h2");
    await tabTo("Predictions shown");
    await page.keyboard.press("ArrowLeft");
    expect(await page.locator(".predictions > li").count()).toBe(4);
    await tabTo("Where it looked: espresso");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".overlay");
    await tabTo("Show as code");
    await page.keyboard.press("Enter");
    expect(await page.locator("pre").isVisible()).toBe(true);
  });
});

describePage("as deployed", { settings: { PROFILE: "hardened" } }, ({ open }) => {
  it("the page is served all it asks for", async () => {
    const { page, complaints } = await open();
    await classifyFile(page, "cat.jpg");
    await page.getByRole("button", { name: "Where it looked: tiger cat" }).click();
    await page.waitForSelector(".overlay");
    await page.getByText("Settings").click();
    await page.getByLabel("Compare with").selectOption("resnet18-in277@1.0.0");
    await page.waitForFunction(() => document.querySelectorAll(".result").length === 3);
    expect(complaints).toEqual([]);
  });
});
