/** What style sheets promise to fingers, to people who set their own colours, and to printers. */
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { giveTransfer } from "./support/give-transfer.ts";
import {
  barsIn,
  classifyFile,
  compareWith,
  describePage,
  heatmapIn,
  pressHeatmap,
  resultsIn,
} from "./support/page.ts";

/** WCAG 2.2, 2.5.8, in CSS pixels. */
const MIN_TARGET = 24;

/** Everything that can be pressed or set and is smaller than a target has to be. */
function findSmallTargets(page: Page): Promise<string[]> {
  return page.evaluate((min) => {
    const targets = document.querySelectorAll<HTMLElement>("a, button, input, select, summary");
    return [...targets]
      .filter((target) => target.checkVisibility())
      .map((target) => ({ target, box: target.getBoundingClientRect() }))
      .filter(({ box }) => box.width < min || box.height < min)
      .map(({ target, box }) => `${target.outerHTML.slice(0, 100)}: ${box.width} × ${box.height}`);
  }, MIN_TARGET);
}

/** The color that a property of an element has. */
function colorOf(page: Page, selector: string, property: string): Promise<string> {
  return page
    .locator(selector)
    .first()
    .evaluate((element, name) => getComputedStyle(element).getPropertyValue(name), property);
}

/** A system color as the browser has it now. */
function systemColor(page: Page, name: string): Promise<string> {
  return page.evaluate((color) => {
    const probe = document.createElement("i");
    probe.style.cssText = `forced-color-adjust: none; color: ${color}`;
    document.body.append(probe);
    const { color: computed } = getComputedStyle(probe);
    probe.remove();
    return computed;
  }, name);
}

describePage("the page for fingers, other colors, and paper", {}, ({ open }) => {
  it.each([320, 390, 1280])("every target has at least 24 px at a width of %s", async (width) => {
    const { page } = await open({ viewport: { width, height: 800 } });
    expect(await findSmallTargets(page)).toEqual([]);
    await classifyFile(page, "espresso.jpg");
    await compareWith(page, "resnet18@1.0.0");
    await resultsIn(page).nth(2).waitFor();
    await page.getByRole("main").getByText("Show as code").click();
    const broken = { name: "notes.txt", content: Buffer.from("text") };
    await giveTransfer(page, "drop", { files: [broken, broken] });
    await page.getByRole("main").getByText("2 of 2 classified").waitFor();
    expect(await page.getByRole("button").count()).toBeGreaterThan(30);
    expect(await findSmallTargets(page)).toEqual([]);
  });

  it("with forced colors, a pressed button and a bar differ from others", async () => {
    const { page } = await open({ forcedColors: "active" });
    await classifyFile(page, "espresso.jpg");
    await pressHeatmap(page, "espresso");
    await heatmapIn(page).waitFor();
    const highlight = await systemColor(page, "Highlight");
    const pressed = ".predictions button[aria-pressed=true]";
    expect(await colorOf(page, pressed, "background-color")).toBe(highlight);
    const other = ".predictions button[aria-pressed=false]";
    expect(await colorOf(page, other, "background-color")).not.toBe(highlight);
    // The first bar is nearly full, the last nearly empty: their pictures differ.
    const bars = barsIn(page);
    const [full, empty] = [await bars.first().screenshot(), await bars.last().screenshot()];
    expect(full.equals(empty)).toBe(false);
  });

  it("paper has dark text in a dark theme, too", async () => {
    const { page } = await open({ colorScheme: "dark" });
    expect(await colorOf(page, "body", "background-color")).toBe("rgb(16, 19, 24)");
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    expect(await colorOf(page, "body", "color")).toBe("rgb(22, 24, 29)");
    expect(await colorOf(page, "body", "background-color")).toBe("rgb(252, 252, 253)");
  });

  it("paper has the photo, the answer, and the predictions, and no controls", async () => {
    const { page } = await open();
    await classifyFile(page, "espresso.jpg");
    await page.emulateMedia({ media: "print" });
    for (const part of [".picture img", ".answer h2", ".predictions meter", ".history img"]) {
      expect(await page.locator(part).first().isVisible(), part).toBe(true);
    }
    const controls = page.locator("button, input, select, summary, nav");
    const visible = await controls.evaluateAll((all) =>
      all.filter((control) => control.checkVisibility()).map(({ outerHTML }) => outerHTML),
    );
    // A photo of the history is a button, too.
    expect(visible.filter((html) => !html.includes("<img"))).toEqual([]);
    const pdf = await page.pdf();
    expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
  });
});
