import { readFile } from "node:fs/promises";
import { afterAll, expect, it } from "vitest";
import { ACCEPTED_FILES } from "../../web/src/accepted-files.ts";
import { encodeJpeg, makePicture } from "../imaging/support/sample-files.ts";
import { type ImageServer, startImageServer } from "../local/support/image-server.ts";
import {
  answerIn,
  barsIn,
  choosePhoto,
  classifyFile,
  describePage,
  example,
} from "./support/page.ts";

let server: ImageServer | undefined;

async function serveImages() {
  server = await startImageServer(await readFile(example("espresso.jpg")));
  return { settings: { URL_ALLOWED_HOSTS: server.host } };
}

describePage("photo input", serveImages, ({ open }) => {
  afterAll(() => server?.close());

  it("a photo can be chosen with the file picker", async () => {
    const { page, complaints } = await open();
    await classifyFile(page, "espresso.jpg");
    expect(await answerIn(page).textContent()).toBe("espresso");
    expect(complaints).toEqual([]);
  });

  it("the file picker offers every format that can be decoded", async () => {
    const { page } = await open();
    const chosen = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "Choose a photo" }).click();
    const picker = (await chosen).element();
    expect(await picker.getAttribute("accept")).toBe(ACCEPTED_FILES);
  });

  it.each(["drop", "paste"])("a photo can be given by %s", async (way) => {
    const { page } = await open();
    const bytes = (await readFile(example("espresso.jpg"))).toString("base64");
    await page
      .getByRole("main")
      .getByText("Drop photos or a folder")
      .evaluate(
        (target, [kind, base64]) => {
          const data = new DataTransfer();
          const binary = atob(base64 as string);
          const content = Uint8Array.from(binary, (char) => char.charCodeAt(0));
          data.items.add(new File([content], "espresso.jpg", { type: "image/jpeg" }));
          const event =
            kind === "drop"
              ? new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true })
              : new ClipboardEvent("paste", { clipboardData: data, bubbles: true });
          target.dispatchEvent(event);
        },
        [way, bytes],
      );
    await answerIn(page).waitFor();
    expect(await answerIn(page).textContent()).toBe("espresso");
  });

  it("a photo can be taken with the camera", async () => {
    const { page, complaints } = await open();
    await page.getByRole("button", { name: "Use the camera" }).click();
    await page.waitForFunction(() => (document.querySelector("video")?.videoWidth ?? 0) > 0);
    await page.getByRole("button", { name: "Take photo" }).click();
    await answerIn(page).waitFor();
    expect(await page.getByRole("dialog").count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it("a photo can be given by URL", async () => {
    const { page } = await open();
    await page.getByLabel("Photo URL").fill(`http://${server?.host}/photo`);
    await page.getByRole("button", { name: "Classify" }).click();
    await answerIn(page).waitFor();
    expect(await answerIn(page).textContent()).toBe("espresso");
  });

  it("a photo can be chosen from the examples", async () => {
    const { page, complaints } = await open();
    await page.getByRole("button", { name: "A tripod" }).click();
    await barsIn(page, "tripod").waitFor();
    expect(complaints).toEqual([]);
  });

  it("a large photo is sent reduced, or at full size if the visitor asks for that", async () => {
    const { page } = await open();
    const buffer = Buffer.from(encodeJpeg(makePicture(2600, 1800), 95));
    await page.evaluate(() => {
      const { send } = XMLHttpRequest.prototype;
      XMLHttpRequest.prototype.send = function (body) {
        if (body instanceof FormData) sentPhotos.push(body.get("0") as File);
        send.call(this, body);
      };
      const sentPhotos: File[] = [];
      Object.assign(globalThis, { sentPhotos });
    });
    const widths = () =>
      page.evaluate(async () => {
        const { sentPhotos } = globalThis as unknown as { sentPhotos: File[] };
        const bitmaps = await Promise.all(sentPhotos.map((photo) => createImageBitmap(photo)));
        return bitmaps.map(({ width }) => width);
      });
    await choosePhoto(page, { name: "large.jpg", mimeType: "image/jpeg", buffer });
    await answerIn(page).waitFor();
    await page.getByRole("main").getByText("Settings").click();
    await page.getByLabel("Send photos at full size").check();
    await expect.poll(widths, { timeout: 60_000 }).toEqual([1024, 2600]);
  });
});
