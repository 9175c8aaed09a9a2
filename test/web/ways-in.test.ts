import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { ACCEPTED_FILES } from "../../web/src/accepted-files.ts";
import { encodeJpeg, makePicture } from "../imaging/support/sample-files.ts";
import { type ImageServer, startImageServer } from "../local/support/image-server.ts";
import { answerOf, classifyFile, describePage, example } from "./support/page.ts";

let server: ImageServer;

async function serveImages() {
  server = await startImageServer(await readFile(example("espresso.jpg")));
  return { settings: { URL_ALLOWED_HOSTS: server.host } };
}

describePage("a photo gets in", serveImages, ({ open }) => {
  it("chosen from a folder", async () => {
    const { page, complaints } = await open();
    await classifyFile(page, "espresso.jpg");
    expect(await answerOf(page)).toBe("espresso");
    expect(complaints).toEqual([]);
  });

  it("chosen from a folder in any format that can be decoded", async () => {
    const { page } = await open();
    const picker = page.locator("input[type=file]");
    expect(await picker.getAttribute("accept")).toBe(ACCEPTED_FILES);
  });

  it.each(["drop", "paste"])("by %s", async (way) => {
    const { page } = await open();
    const bytes = (await readFile(example("espresso.jpg"))).toString("base64");
    await page.evaluate(
      ([kind, base64]) => {
        const data = new DataTransfer();
        const binary = atob(base64 as string);
        const content = Uint8Array.from(binary, (char) => char.charCodeAt(0));
        data.items.add(new File([content], "espresso.jpg", { type: "image/jpeg" }));
        const event =
          kind === "drop"
            ? new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true })
            : new ClipboardEvent("paste", { clipboardData: data, bubbles: true });
        (kind === "drop" ? document.querySelector(".drop") : document.body)?.dispatchEvent(event);
      },
      [way, bytes],
    );
    await page.waitForSelector(".answer h2");
    expect(await answerOf(page)).toBe("espresso");
  });

  it("taken with the camera", async () => {
    const { page, complaints } = await open();
    await page.getByRole("button", { name: "Use the camera" }).click();
    await page.waitForFunction(() => (document.querySelector("video")?.videoWidth ?? 0) > 0);
    await page.getByRole("button", { name: "Take the photo" }).click();
    await page.waitForSelector(".answer h2");
    expect(await page.locator("dialog").count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it("by its address", async () => {
    const { page } = await open();
    await page.getByLabel("Address of a photo").fill(`http://${server.host}/photo`);
    await page.getByRole("button", { name: "Classify" }).click();
    await page.waitForSelector(".answer h2");
    expect(await answerOf(page)).toBe("espresso");
  });

  it("as one of the examples", async () => {
    const { page, complaints } = await open();
    await page.getByRole("button", { name: "A rocket" }).click();
    await page.waitForSelector(".answer h2");
    expect(await page.textContent(".predictions .name")).toBe("missile");
    expect(complaints).toEqual([]);
  });

  it("reduced where it is large, as it is where that is asked for", async () => {
    const { page } = await open();
    const buffer = Buffer.from(encodeJpeg(makePicture(2600, 1800), 95));
    const widths: number[] = [];
    page.on("response", async (response) => {
      const json = await response.json().catch(() => undefined);
      const width = json?.data?.classify?.image?.width;
      if (width) widths.push(width);
    });
    const file = { name: "large.jpg", mimeType: "image/jpeg", buffer };
    await page.setInputFiles("input[type=file]", file);
    await page.waitForSelector(".answer h2");
    await page.getByText("Settings").click();
    await page.getByLabel("Send photos as they are").check();
    await expect.poll(() => widths, { timeout: 60_000 }).toEqual([1024, 2600]);
    server.close();
  });
});
