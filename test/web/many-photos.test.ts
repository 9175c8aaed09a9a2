import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { type ImageServer, startImageServer } from "../local/support/image-server.ts";
import { giveTransfer } from "./support/give-transfer.ts";
import { answerIn, describePage, example } from "./support/page.ts";

let server: ImageServer | undefined;

async function serveImages() {
  server = await startImageServer(await readFile(example("espresso.jpg")));
  return { settings: { URL_ALLOWED_HOSTS: server.host } };
}

const fileOf = async (name: string) => ({ name, content: await readFile(example(name)) });

describePage("several photos", serveImages, ({ open, url }) => {
  afterAll(() => server?.close());

  it("all dropped files are listed, the unreadable ones with the reason, and open by a click", async () => {
    const { page } = await open();
    const files = [
      await fileOf("cat.jpg"),
      { name: "notes.txt", content: Buffer.from("text") },
      await fileOf("espresso.webp"),
    ];
    expect(await giveTransfer(page, "drop", { files })).toBe(true);
    const list = page.getByRole("region", { name: "Your photos" });
    await list.getByText("3 of 3 classified").waitFor();
    const entries = list.getByRole("listitem");
    const texts = await entries.allTextContents();
    expect(texts[0]).toMatch(/^cat\.jpg.*\d%$/);
    expect(texts[1]).toMatch(/^notes\.txtThis file is not a supported photo\./);
    expect(texts[2]).toMatch(/^espresso\.webpespresso9\d\.\d%$/);
    await list.getByLabel("Sort").selectOption("Least sure first");
    expect((await entries.allTextContents()).map((text) => text.slice(0, 3))).toEqual([
      "cat",
      "esp",
      "not",
    ]);
    await page.getByRole("button", { name: "换成中文" }).click();
    const chinese = page.getByRole("region", { name: "你的照片" });
    const [cat = "", , text = ""] = await chinese.getByRole("listitem").allTextContents();
    // Chinese has no spaces between phrases.
    expect([cat, text].join()).not.toMatch(/[\u4e00-\u9fff。] [\u4e00-\u9fff]/);
    await page.getByRole("button", { name: "Switch to English" }).click();
    const download = page.waitForEvent("download");
    await list.getByRole("button", { name: "Export as CSV" }).click();
    const csv = await readFile(await (await download).path(), "utf8");
    expect(csv.trim().split("\r\n")).toHaveLength(4);
    expect(csv).toContain("notes.txt,,,,,,,,,IMAGE_UNSUPPORTED,");
    await list.getByRole("button", { name: /espresso\.webp/ }).click();
    await answerIn(page).waitFor();
    expect(await answerIn(page).textContent()).toBe("espresso");
  });

  it("a dropped folder is read with its subfolders", async () => {
    const folder = await mkdtemp(join(tmpdir(), "resnet-edge-drop-"));
    await mkdir(join(folder, "photos/more"), { recursive: true });
    await writeFile(join(folder, "photos/a.jpg"), await readFile(example("espresso.jpg")));
    await writeFile(join(folder, "photos/more/b.jpg"), await readFile(example("cat.jpg")));
    await writeFile(join(folder, "photos/.DS_Store"), "hidden");
    const { page } = await open();
    const devtools = await page.context().newCDPSession(page);
    const data = { items: [], files: [join(folder, "photos")], dragOperationsMask: 1 };
    for (const type of ["dragEnter", "dragOver", "drop"] as const) {
      await devtools.send("Input.dispatchDragEvent", { type, x: 5, y: 5, data });
    }
    const list = page.getByRole("region", { name: "Your photos" });
    await list.getByText("2 of 2 classified").waitFor();
    const names = await list.locator("b").allTextContents();
    expect(names).toEqual(["photos/a.jpg", "photos/more/b.jpg"]);
    await rm(folder, { recursive: true });
  });

  it("photos of a chosen folder are compared with the classes that their folders name", async () => {
    const folder = await mkdtemp(join(tmpdir(), "resnet-edge-folder-"));
    // The cat is no tripod.
    for (const [path, name] of [
      ["val/espresso/10.jpg", "espresso.jpg"],
      ["val/espresso/2.jpg", "espresso.webp"],
      ["val/Tripod/cat.jpg", "cat.jpg"],
      ["val/others/cup.jpg", "espresso.jpg"],
    ] as const) {
      await mkdir(join(folder, path, ".."), { recursive: true });
      await writeFile(join(folder, path), await readFile(example(name)));
    }
    await writeFile(join(folder, "val/.DS_Store"), "hidden");
    const { page } = await open();
    const chosen = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "Choose a folder" }).click();
    await (await chosen).setFiles(join(folder, "val"));
    const list = page.getByRole("region", { name: "Your photos" });
    await list.getByText("4 of 4 classified").waitFor();
    await list
      .getByText("2 of 3 match the class that their folder is named after (67%).")
      .waitFor();
    const names = () => list.locator("b").allTextContents();
    expect((await names()).filter((name) => name.includes("espresso"))).toEqual([
      "val/espresso/2.jpg",
      "val/espresso/10.jpg",
    ]);
    await list.getByLabel("Sort").selectOption("Different from the folder first");
    expect((await names())[0]).toBe("val/Tripod/cat.jpg");
    expect(await list.getByText("The folder says").allTextContents()).toEqual([
      "The folder says Tripod.",
    ]);
    await rm(folder, { recursive: true });
  });

  it.each<[way: "drop" | "paste", type: string, make: (address: string) => string]>([
    ["drop", "text/uri-list", (address) => address],
    ["drop", "text/html", (address) => `<a href="https://example.com/"><img src="${address}"></a>`],
    ["paste", "text/plain", (address) => address],
  ])("the address of a photo can be given by %s of %s", async (way, type, make) => {
    const { page } = await open();
    await giveTransfer(page, way, { texts: { [type]: make(`http://${server?.host}/photo`) } });
    await answerIn(page).waitFor();
    expect(await answerIn(page).textContent()).toBe("espresso");
  });

  it("a data: address is sent as a file", async () => {
    const { page } = await open();
    const base64 = (await readFile(example("espresso.webp"))).toString("base64");
    await giveTransfer(page, "paste", {
      texts: { "text/plain": `data:image/webp;base64,${base64}` },
    });
    await answerIn(page).waitFor();
    expect(await answerIn(page).textContent()).toBe("espresso");
  });

  it("text that is no address is refused with a hint", async () => {
    const { page } = await open();
    await page.getByLabel("Photo URL").fill("a cat");
    await page.getByRole("button", { name: "Classify", exact: true }).click();
    await page.getByRole("main").getByText("It should look like example.com/cat.jpg").waitFor();
  });

  it("the page classifies the photo at the address in ?url=", async () => {
    const { page } = await open();
    await page.goto(`${url()}?url=${encodeURIComponent(`http://${server?.host}/photo`)}`);
    await answerIn(page).waitFor();
    expect(await answerIn(page).textContent()).toBe("espresso");
  });
});

describePage("several photos and a rate limit", { requestsPerMinute: 3 }, ({ open }) => {
  it("the list waits as long as the service asks, and can be stopped and continued", async () => {
    const { page } = await open();
    const { content } = await fileOf("espresso.webp");
    const files = Array.from({ length: 8 }, (_, i) => ({ name: `${i}.webp`, content }));
    await giveTransfer(page, "drop", { files });
    const list = page.getByRole("region", { name: "Your photos" });
    await list.getByText(/It continues in [1-6]\d s/).waitFor();
    await list.getByRole("button", { name: "Stop" }).click();
    await list.getByRole("button", { name: "Continue" }).waitFor();
    expect(await list.locator(".failed").count()).toBe(0);
  });
});
