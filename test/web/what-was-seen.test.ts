import { decode } from "fast-png";
import { expect, it } from "vitest";
import { encodeGif } from "../../tools/encode-gif.ts";
import {
  choosePhoto,
  classifyFile,
  describePage,
  heatmapIn,
  pressHeatmap,
} from "./support/page.ts";

/** A red frame, then a blue one. */
function makeAnimation(): Buffer {
  const side = 64;
  const frameOf = (pixel: readonly number[]) =>
    encodeGif({
      width: side,
      height: side,
      data: Uint8Array.from({ length: 4 * side * side }, (_, i) => pixel[i % 4] ?? 0),
    });
  const [first, second] = [frameOf([255, 0, 0, 255]), frameOf([0, 0, 255, 255])];
  // A GIF's screen and palette take 13 and 768 bytes, its trailer 1.
  return Buffer.concat([first.subarray(0, -1), second.subarray(13 + 768)]);
}

describePage("what the network saw", {}, ({ open }) => {
  it("the crop is marked, and the whole photo can be asked for", async () => {
    const { page } = await open();
    await classifyFile(page, "cat.jpg");
    expect(await page.locator(".region").count()).toBe(1);
    const photo = await page.getByRole("img", { name: "Your photo" }).boundingBox();
    const crop = await page.locator(".region").boundingBox();
    expect(crop?.width).toBeLessThan(photo?.width ?? 0);
    await page
      .getByRole("main")
      .getByText(/The model saw the marked \d+% of the photo/)
      .waitFor();
    await page.getByRole("button", { name: "Whole photo" }).click();
    await page.getByRole("main").getByText("The model saw the whole photo.").waitFor();
    await page.getByRole("button", { name: "Tiles" }).click();
    await page
      .getByRole("main")
      .getByText(/The model saw the \d marked parts/)
      .waitFor();
    expect(await page.locator(".region").count()).toBeGreaterThan(1);
  });

  it("the first frame of an animation is shown, and the page says so", async () => {
    const { page } = await open();
    await choosePhoto(page, { name: "a.gif", mimeType: "image/gif", buffer: makeAnimation() });
    await page.getByRole("main").getByText("First frame of 2.").waitFor();
    const pixel = await page.getByRole("img", { name: "Your photo" }).evaluate(async (image) => {
      const { naturalWidth, naturalHeight } = image as HTMLImageElement;
      const canvas = document.createElement("canvas");
      canvas.width = naturalWidth;
      canvas.height = naturalHeight;
      // An animated picture would be another one by now.
      await new Promise((resolve) => setTimeout(resolve, 500));
      const context = canvas.getContext("2d");
      context?.drawImage(image as HTMLImageElement, 0, 0);
      return [...(context?.getImageData(0, 0, 1, 1).data ?? [])];
    });
    expect(pixel).toEqual([255, 0, 0, 255]);
  });

  it("an animation given by URL shows its first frame", async () => {
    const { page } = await open();
    const address = "https://photos.example/a.gif";
    await page.route(address, (route) =>
      route.fulfill({ contentType: "image/gif", body: makeAnimation() }),
    );
    // The service cannot fetch the made-up address. The photo is shown all the same.
    await page.getByLabel("Photo URL").fill(address);
    await page.getByRole("button", { name: "Classify", exact: true }).click();
    const photo = page.getByRole("img", { name: "Your photo" });
    await expect.poll(async () => (await photo.boundingBox())?.width).toBeGreaterThan(32);
    // An animation would show another frame by now.
    await page.waitForTimeout(500);
    const { data, width, height } = decode(await photo.screenshot());
    const middle =
      (Math.floor(height / 2) * width + Math.floor(width / 2)) * (data.length / (width * height));
    expect([...data.slice(middle, middle + 3)]).toEqual([255, 0, 0]);
  });

  it("the page warns if the network saw less than half of the photo", async () => {
    const { page } = await open();
    const pixels = { width: 400, height: 40, data: new Uint8Array(4 * 400 * 40).fill(128) };
    const buffer = Buffer.from(encodeGif(pixels));
    await choosePhoto(page, { name: "wide.gif", mimeType: "image/gif", buffer });
    await page
      .getByRole("main")
      .getByText(/The model saw only the marked \d+% of the photo/)
      .waitFor();
  });

  it("a heat map says which model drew it", async () => {
    const { page } = await open();
    await classifyFile(page, "cat.jpg");
    await pressHeatmap(page, "tiger cat");
    await page
      .getByRole("main")
      .getByText(/Heat map for tiger cat, drawn by EfficientNet-Lite0/)
      .waitFor();
  });

  it("a late heat map of the photo before is not shown over the new photo", async () => {
    const { page } = await open();
    await classifyFile(page, "cat.jpg");
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    // Held and answered here: Chromium loses the files of a request that a test passes on.
    await page.route("**/graphql", async (route) => {
      await held;
      const region = { x: 0, y: 0, width: 1, height: 1 };
      const model = { architecture: "EfficientNet-Lite0", version: "1.1.0" };
      const heatmap = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==";
      const json = { data: { classify: { explain: { heatmap, model, region } } } };
      await route.fulfill({ json }).catch(() => {});
    });
    await pressHeatmap(page, "tiger cat");
    await page.unroute("**/graphql");
    // The same cat: its predictions include the class of the map.
    await classifyFile(page, "cat.png");
    const history = page.getByRole("region", { name: "This session" }).getByRole("listitem");
    await expect.poll(() => history.count()).toBe(2);
    release();
    // The map would have been drawn by then.
    await page.waitForTimeout(1000);
    expect(await heatmapIn(page).count()).toBe(0);
    await pressHeatmap(page, "tiger cat");
    await heatmapIn(page, "tiger cat").waitFor();
  });
});
