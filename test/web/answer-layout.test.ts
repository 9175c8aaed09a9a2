import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import {
  answerIn,
  barsIn,
  choosePhoto,
  classifyFile,
  describePage,
  example,
  heatmapIn,
  pressHeatmap,
} from "./support/page.ts";

/** Whether an element is completely in view. */
async function isInView(page: Page, selector: string): Promise<boolean> {
  return page
    .locator(selector)
    .first()
    .evaluate((element) => {
      const { top, bottom, left, right } = element.getBoundingClientRect();
      return top >= -1 && left >= -1 && bottom <= innerHeight + 1 && right <= innerWidth + 1;
    });
}

const focusOf = (page: Page) => page.evaluate(() => document.activeElement?.tagName);

describePage("the layout of the answer", {}, ({ open }) => {
  it.each([
    [390, 844],
    [1280, 720],
    [1366, 650],
  ])("photo, answer, and predictions are in view together at %s x %s", async (width, height) => {
    const { page } = await open({ viewport: { width, height } });
    await classifyFile(page, "cat.jpg");
    for (const part of [".frame", ".answer", ".predictions"]) {
      await expect.poll(() => isInView(page, part), { message: part, timeout: 10_000 }).toBe(true);
    }
    const bottom = (await page.locator(".predictions").boundingBox())?.y ?? 0;
    expect((await page.locator(".sliders").boundingBox())?.y).toBeGreaterThan(bottom);
  });

  it.each([
    [390, 844],
    [360, 640],
    [844, 390],
    [640, 450],
    [1024, 768],
    [1280, 720],
    [1440, 900],
  ])("a heat map that is asked for is in view at %s x %s", async (width, height) => {
    const { page } = await open({ viewport: { width, height } });
    await classifyFile(page, "cat.jpg");
    await page.getByRole("button", { name: "Where it looked" }).nth(4).click();
    await heatmapIn(page).waitFor();
    expect(await isInView(page, ".overlay")).toBe(true);
  });

  it.each(["100%", "200%"])("nothing scrolls sideways at 320 px with text at %s", async (size) => {
    const { page } = await open({ viewport: { width: 320, height: 640 } });
    await page.evaluate((fontSize) => {
      document.documentElement.style.fontSize = fontSize;
    }, size);
    await classifyFile(page, "cat.jpg");
    await page.evaluate(() => {
      for (const text of document.querySelectorAll(".name, .answer h2")) {
        text.textContent = "Donaudampfschifffahrtsgesellschaft".repeat(4);
      }
    });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
      320,
    );
  });
});

describePage("a limit on requests, reached while a heat map is drawn", {}, ({ open }) => {
  it("the page says in how many seconds the service will draw it", async () => {
    const { page } = await open();
    await classifyFile(page, "cat.jpg");
    await page.route("**/graphql", (route) =>
      route.fulfill({
        status: 429,
        headers: { "retry-after": "37" },
        json: { errors: [{ message: "Too many requests.", extensions: { code: "RATE_LIMITED" } }] },
      }),
    );
    await pressHeatmap(page, "tiger cat");
    await page.getByRole("main").getByText("Try again in 37 s.").waitFor();
  });
});

describePage("the settings and the state of the page", {}, ({ open }) => {
  it("predictions shown, code, and threshold outlast a new photo", async () => {
    const { page } = await open();
    await classifyFile(page, "cat.jpg");
    await page.getByLabel(/Predictions shown/).fill("3");
    await page.getByLabel(/threshold:/i).fill("0.9");
    await page.getByRole("main").getByText("Show as code").click();
    await choosePhoto(page, example("espresso.jpg"));
    await expect
      .poll(
        () =>
          answerIn(page)
            .textContent()
            .catch(() => ""),
        { timeout: 60_000 },
      )
      .toBe("espresso");
    expect(await barsIn(page).count()).toBe(3);
    expect(await page.getByRole("code").isVisible()).toBe(true);
    await page.getByRole("main").getByText("Threshold: 90%").waitFor();
    await page.getByRole("button", { name: "Use the recommended threshold" }).click();
    await page
      .getByRole("main")
      .getByText(/^Recommended threshold/)
      .waitFor();
  });

  it("the answer is spoken in a region that was there before, and is in the title", async () => {
    const { page } = await open();
    const region = await page.locator("[role=status]").first().elementHandle();
    expect(await region?.textContent()).toBe("");
    await classifyFile(page, "espresso.jpg");
    await expect.poll(() => region?.textContent()).toMatch(/^espresso, \d+% sure/);
    expect(await page.title()).toMatch(/^espresso, /);
    await page.getByRole("button", { name: "换成中文" }).click();
    await expect.poll(() => page.title()).toMatch(/^浓缩咖啡/);
  });

  it("the focus does not fall to the body when the focused button goes", async () => {
    const { page } = await open();
    await page.getByRole("button", { name: "Use the camera" }).click();
    await page.getByRole("button", { name: "Close" }).click();
    await expect.poll(() => focusOf(page)).not.toBe("BODY");
    const buffer = Buffer.from("text");
    await choosePhoto(page, { name: "a.jpg", mimeType: "image/jpeg", buffer });
    await page.getByRole("alert").waitFor();
    await page.getByRole("alert").getByRole("button").first().focus();
    await page.keyboard.press("Enter");
    await expect.poll(() => focusOf(page)).not.toBe("BODY");
    await classifyFile(page, "espresso.jpg");
    await page.getByRole("button", { name: "Clear history" }).click();
    await expect.poll(() => focusOf(page)).not.toBe("BODY");
  });

  it("a photo is one entry of the history, however often the settings change", async () => {
    const { page } = await open();
    await classifyFile(page, "espresso.jpg");
    await page.getByRole("button", { name: "Whole photo" }).click();
    await page.getByRole("main").getByText("The model saw the whole photo.").waitFor();
    const history = page.getByRole("region", { name: "This session" });
    expect(await history.getByRole("listitem").count()).toBe(1);
    await classifyFile(page, "cat.jpg");
    await expect.poll(() => history.getByRole("listitem").count()).toBe(2);
    // Opened again, it is not a new photo.
    await history.getByRole("listitem").filter({ hasText: "espresso" }).getByRole("button").click();
    await expect.poll(() => answerIn(page).textContent()).toBe("espresso");
    await page.waitForTimeout(500);
    expect(await history.getByRole("listitem").count()).toBe(2);
  });

  it("the classes that can be recognized are found by a part of their names", async () => {
    const { page } = await open();
    await page
      .getByRole("main")
      .getByText(/^1000 kinds of things; people, text, and places/)
      .waitFor();
    const search = page.getByRole("searchbox");
    await search.fill("espresso");
    const found = page.getByRole("region", { name: "What can be recognized" });
    await found.getByRole("listitem").filter({ hasText: "espresso maker" }).waitFor();
    await search.fill("xyzzy");
    await page.getByRole("main").getByText("The model has no class named “xyzzy”.").waitFor();
  });

  it("a model says its architecture, classes, and size, and is listed once", async () => {
    const { page } = await open();
    await page.getByRole("main").getByText("Settings").click();
    const options = page.getByLabel("Model", { exact: true }).getByRole("option");
    await expect.poll(() => options.count()).toBeGreaterThan(1);
    const texts = await options.allTextContents();
    expect(texts.filter((text) => text.includes("efficientnet-lite0@1.1.0"))).toHaveLength(1);
    expect(texts.find((text) => text.includes("resnet18"))).toMatch(
      /ResNet-18, \d+ classes, [\d.]+ MB/,
    );
  });
});
