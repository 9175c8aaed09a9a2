import { expect, it } from "vitest";
import {
  answerIn,
  barsIn,
  classifyFile,
  compareWith,
  describePage,
  heatmapIn,
  pressHeatmap,
  resultsIn,
} from "./support/page.ts";
import { publishDocuments } from "./support/publish-documents.ts";

async function withDocuments(configPath: string) {
  await publishDocuments(configPath);
  return {};
}

describePage("a default model of three custom classes", withDocuments, ({ open }) => {
  it("classes without synsets are shown, by their id if they have no name", async () => {
    const { page, complaints } = await open();
    await classifyFile(page, "cat.jpg");
    expect(await answerIn(page).textContent()).toBe("invoice");
    expect(await barsIn(page).count()).toBe(3);
    const items = page.getByRole("list", { name: "Predictions" }).getByRole("listitem");
    const texts = await items.allTextContents();
    expect(texts[0]).toMatch(/^invoice[\d.]+%› BillWhere it looked$/);
    expect(texts.find((text) => text.startsWith("Letter"))).toMatch(
      /^Letter \(below the threshold\)[\d.]+%letterWhere it looked$/,
    );
    expect(complaints).toEqual([]);
  });

  it("a class without a synset has a heat map", async () => {
    const { page } = await open();
    await classifyFile(page, "cat.jpg");
    await pressHeatmap(page, "Letter");
    await heatmapIn(page, "Letter").waitFor();
  });

  it("the exported history has the ids of classes without synsets", async () => {
    const { page } = await open();
    await classifyFile(page, "cat.jpg");
    const history = page.getByRole("region", { name: "This session" });
    await history.getByRole("listitem").waitFor();
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Export as JSON" }).click();
    const stream = await (await download).createReadStream();
    const [entry] = JSON.parse((await stream.toArray()).join(""));
    expect(entry).toMatchObject({ id: "invoice", synset: "", en: "invoice" });
  });

  it("models without common classes are compared, without an average", async () => {
    const { page } = await open();
    await classifyFile(page, "cat.jpg");
    await compareWith(page, "efficientnet-lite0@1.1.0");
    await resultsIn(page).nth(1).waitFor();
    expect(await resultsIn(page).count()).toBe(2);
    expect(await resultsIn(page).nth(1).getByRole("heading", { level: 2 }).textContent()).toBe(
      "domestic cat",
    );
    // All of them would be marked.
    await page.waitForTimeout(1000);
    expect(await page.getByRole("main").getByText("not a class of").count()).toBe(0);
  });

  it("in a comparison, a class that the other model lacks is marked", async () => {
    const { page } = await open();
    await page.getByRole("main").getByText("Settings").click();
    await page.getByLabel("Model", { exact: true }).selectOption("efficientnet-lite0@1.1.0");
    await classifyFile(page, "cat.jpg");
    await compareWith(page, "few@1.0.0");
    const items = resultsIn(page).first().getByRole("listitem");
    const lacking = items.filter({ hasText: "not a class of ResNet-18" });
    await lacking.filter({ hasText: "Egyptian cat" }).waitFor();
    expect(await lacking.filter({ hasText: "tiger cat" }).count()).toBe(0);
    // Each of the other's five classes is known to EfficientNet-Lite0.
    expect(await resultsIn(page).nth(1).getByText("not a class of").count()).toBe(0);
  });
});
