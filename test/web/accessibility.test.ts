import { readFile } from "node:fs/promises";
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { giveTransfer } from "./support/give-transfer.ts";
import {
  choosePhoto,
  classifyFile,
  compareWith,
  describePage,
  example,
  heatmapIn,
  pressHeatmap,
  resultsIn,
} from "./support/page.ts";

const STATES: Record<string, (page: Page) => Promise<unknown>> = {
  empty: async () => {},
  loading: async (page) => {
    const network = await page.context().newCDPSession(page);
    const slow = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 5000 };
    await network.send("Network.emulateNetworkConditions", slow);
    await page.getByRole("button", { name: "A tripod" }).click();
    await page.getByRole("progressbar").waitFor();
  },
  result: (page) => classifyFile(page, "cat.jpg"),
  "result with a heat map, code and settings open": async (page) => {
    await classifyFile(page, "espresso.jpg");
    await page.getByRole("main").getByText("Settings").click();
    await page.getByRole("main").getByText("Show as code").click();
    await pressHeatmap(page, "espresso");
    await heatmapIn(page).waitFor();
  },
  comparison: async (page) => {
    await classifyFile(page, "espresso.jpg");
    await compareWith(page, "resnet18@1.0.0");
    await resultsIn(page).nth(2).waitFor();
  },
  error: async (page) => {
    await choosePhoto(page, {
      name: "a.jpg",
      mimeType: "image/jpeg",
      buffer: Buffer.from("text"),
    });
    await page.getByRole("alert").waitFor();
  },
  "list of photos, one without an answer": async (page) => {
    const files = await Promise.all(
      ["cat.jpg", "espresso.jpg"].map(async (name) => ({
        name: `tripod/${name}`,
        content: await readFile(example(name)),
      })),
    );
    const broken = { name: "notes.txt", content: Buffer.from("text") };
    await giveTransfer(page, "drop", { files: [...files, broken] });
    await page.getByRole("main").getByText("3 of 3 classified").waitFor();
    await page.getByRole("main").getByText("The folder says tripod.").first().waitFor();
  },
  "cleared history": async (page) => {
    await classifyFile(page, "espresso.jpg");
    await page.getByRole("button", { name: "Clear history" }).click();
    await page.getByRole("button", { name: "Undo" }).waitFor();
  },
  "missing list of models": async (page) => {
    await page.route("**/graphql", (route) => route.abort());
    await page.reload();
    await page.getByRole("main").getByText("The list of models could not be loaded.").waitFor();
  },
  camera: async (page) => {
    await page.getByRole("button", { name: "Use the camera" }).click();
    await page.getByRole("dialog").waitFor();
  },
  Chinese: async (page) => {
    await classifyFile(page, "espresso.jpg");
    await page.getByRole("button", { name: "换成中文" }).click();
  },
};

describePage("accessibility", {}, ({ open }) => {
  for (const colorScheme of ["light", "dark"] as const) {
    for (const [name, reach] of Object.entries(STATES)) {
      it(`axe finds no violation in the state "${name}", ${colorScheme}`, async () => {
        const { page } = await open({ colorScheme });
        await reach(page);
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(
          violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`),
        ).toEqual([]);
        await page.context().close();
      });
    }
  }
});
