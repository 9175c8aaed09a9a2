/** The page of a service that is hardened, or that limits what a request costs. */
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import {
  classifyFile,
  compareWith,
  describePage,
  heatmapIn,
  pressHeatmap,
  resultsIn,
} from "./support/page.ts";

/** Moves the slider with that label. */
const slide = (page: Page, name: RegExp, value: string) => page.getByLabel(name).fill(value);

describePage("the hardened profile", { settings: { PROFILE: "hardened" } }, ({ open }) => {
  it("the page classifies, draws a heat map and compares without an error", async () => {
    const { page, complaints } = await open();
    await classifyFile(page, "cat.jpg");
    await pressHeatmap(page, "tiger cat");
    await heatmapIn(page).waitFor();
    await compareWith(page, "resnet18@1.0.0");
    await resultsIn(page).nth(2).waitFor();
    expect(complaints).toEqual([]);
  });
});

describePage("a limit of two passes per request", { settings: { MAX_PASSES: "2" } }, ({ open }) => {
  it("the tenth prediction has a heat map, because a map costs one pass", async () => {
    const { page, complaints } = await open();
    await classifyFile(page, "cat.jpg");
    await slide(page, /Predictions shown/, "10");
    const buttons = page.getByRole("button", { name: "Where it looked" });
    expect(await buttons.count()).toBe(10);
    await buttons.nth(9).click();
    await heatmapIn(page).waitFor();
    expect(complaints).toEqual([]);
  });
});
