import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { encodeJpeg, makePicture } from "../imaging/support/sample-files.ts";
import { answerIn, choosePhoto, classifyFile, describePage } from "./support/page.ts";

const run = promisify(execFile);
const ROOT = new URL("../../", import.meta.url).pathname;

/** A BMP of 24 bits in one colour. */
function makeBmp(side: number): Buffer {
  const stride = Math.ceil((side * 3) / 4) * 4;
  const file = Buffer.alloc(54 + stride * side, 0x80);
  file.fill(0, 0, 54);
  file.write("BM");
  file.writeUInt32LE(file.length, 2);
  file.writeUInt32LE(54, 10);
  file.writeUInt32LE(40, 14);
  file.writeInt32LE(side, 18);
  file.writeInt32LE(side, 22);
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(24, 28);
  return file;
}

describePage("the page under difficulties", {}, ({ open, url }) => {
  it("the page works if the browser blocks all storage", async () => {
    const { page, complaints } = await open();
    await page.addInitScript(() => {
      for (const name of ["localStorage", "sessionStorage"]) {
        Object.defineProperty(globalThis, name, {
          get() {
            throw new DOMException("blocked", "SecurityError");
          },
        });
      }
    });
    await page.reload();
    await classifyFile(page, "espresso.jpg");
    expect(await answerIn(page).textContent()).toBe("espresso");
    expect(complaints).toEqual([]);
  });

  it("without clipboard and cameras, the page says what to do", async () => {
    const { page, complaints } = await open();
    await page.addInitScript(() => {
      for (const name of ["clipboard", "mediaDevices"]) {
        Object.defineProperty(navigator, name, { value: undefined });
      }
    });
    await page.reload();
    await classifyFile(page, "espresso.webp");
    await page.getByRole("main").getByText("Show as code").click();
    await page.getByRole("button", { name: "Copy" }).click();
    await page.getByRole("main").getByText("The code is selected").waitFor();
    expect(await page.evaluate(() => String(getSelection()))).toContain("classify(");
    await page.getByRole("button", { name: "Use the camera" }).click();
    await page.getByRole("main").getByText("only on pages with https").waitFor();
    expect(complaints).toEqual([]);
  });

  it("a BMP that the browser can read is sent as JPEG", async () => {
    const { page } = await open();
    await choosePhoto(page, { name: "a.bmp", mimeType: "image/bmp", buffer: makeBmp(64) });
    await answerIn(page).waitFor();
    await page.getByRole("main").getByText("Show as code").click();
    await page.getByRole("button", { name: "curl" }).click();
    expect(await page.getByRole("code").textContent()).toContain("@a-sent.jpg");
  });

  it.each([
    ["HEIC", "\0\0\0\x18ftypheic\0\0\0\0mif1heic", "“Most Compatible”", "“兼容性最佳”"],
    ["PDF", "%PDF-1.7\n", "Export the page as JPEG", "将页面导出为 JPEG"],
    ["MP4", "\0\0\0\x18ftypisom\0\0\0\0isommp42", "Save one frame", "其中一帧"],
  ])(
    "%s is named, with advice in both languages, and another photo is offered",
    async (_, head, en, zh) => {
      const { page } = await open();
      const buffer = Buffer.concat([Buffer.from(head, "latin1"), Buffer.alloc(200)]);
      await choosePhoto(page, { name: "photo", mimeType: "", buffer });
      const alert = page.getByRole("alert");
      // The first is the page's own; the service's is folded away.
      await alert.getByText(en).first().waitFor();
      expect(await alert.getByText(en).first().isVisible()).toBe(true);
      const chooser = page.waitForEvent("filechooser");
      await alert.getByRole("button", { name: "Choose another photo" }).click();
      await chooser;
      await page.getByRole("button", { name: "换成中文" }).click();
      await alert.getByText(zh).waitFor();
    },
  );

  it("the models are asked for again if that failed once", async () => {
    const { page } = await open();
    let refused = 0;
    await page.route("**/graphql", (route) => {
      if (refused > 0 || !route.request().postData()?.includes("Models")) return route.continue();
      refused++;
      return route.fulfill({
        status: 429,
        headers: { "retry-after": "1" },
        json: { errors: [{ message: "Too many.", extensions: { code: "RATE_LIMITED" } }] },
      });
    });
    await page.reload();
    await page.getByRole("main").getByText("The list of models could not be loaded.").waitFor();
    await page.getByRole("main").getByText("Settings").click();
    await page
      .getByRole("option", { name: /^resnet18@/ })
      .first()
      .waitFor({ state: "attached" });
    expect(refused).toBe(1);
    expect(await page.getByRole("main").getByText("The list of models").count()).toBe(0);
  });

  it("a visitor can ask for the models without waiting", async () => {
    const { page } = await open();
    let refuses = true;
    await page.route("**/graphql", (route) =>
      refuses
        ? route.fulfill({
            status: 429,
            headers: { "retry-after": "3600" },
            json: { errors: [{ message: "Too many.", extensions: { code: "RATE_LIMITED" } }] },
          })
        : route.continue(),
    );
    await page.reload();
    const hint = page.getByRole("alert").filter({ hasText: "The list of models" });
    await hint.waitFor();
    refuses = false;
    await hint.getByRole("button", { name: "Try again" }).click();
    await hint.waitFor({ state: "detached" });
    await page.getByRole("main").getByText("Settings").click();
    await page
      .getByRole("option", { name: /^resnet18@/ })
      .first()
      .waitFor({ state: "attached" });
  });

  it.each([
    ["the answer and the photo", true, "espresso.webp"],
    ["the answer alone if the browser cannot share files", false, undefined],
  ])("the button Share shares %s", async (_, sharesFiles, file) => {
    const { page, complaints } = await open();
    await page.addInitScript((can) => {
      const shared: unknown[] = [];
      Object.assign(globalThis, { shared });
      Object.assign(Navigator.prototype, {
        canShare: () => can,
        share: async ({ files, ...data }: ShareData) => {
          shared.push({ ...data, file: files?.[0]?.name, bytes: files?.[0]?.size });
          // The second time, the visitor closes the dialog; then the browser refuses.
          const names = [undefined, "AbortError", "NotAllowedError"];
          const name = names[shared.length - 1];
          if (name) throw new DOMException("", name);
        },
      });
    }, sharesFiles);
    await page.reload();
    await classifyFile(page, "espresso.webp");
    const share = page.getByRole("button", { name: "Share", exact: true });
    for (let i = 0; i < 2; i++) await share.click();
    expect(await page.getByRole("alert").count()).toBe(0);
    const shared = () =>
      page.evaluate(() => (globalThis as unknown as { shared: unknown[] }).shared);
    expect((await shared())[0]).toEqual({
      title: "resnet-edge",
      text: expect.stringMatching(/^espresso, \d+% sure$/),
      ...(file === undefined ? {} : { file, bytes: expect.any(Number) }),
    });
    await share.click();
    await page.getByRole("main").getByText("This browser cannot share the answer.").waitFor();
    expect(complaints).toEqual([]);
  });

  it("a receipt of a reduced photo can be replayed with the photo as it was sent", async () => {
    const folder = await mkdtemp(join(tmpdir(), "resnet-edge-receipt-"));
    const { page } = await open();
    const buffer = Buffer.from(encodeJpeg(makePicture(2600, 1800), 95));
    await choosePhoto(page, { name: "large.jpg", mimeType: "image/jpeg", buffer });
    await answerIn(page).waitFor();
    const paths = [];
    for (const name of ["Download receipt", "Download the photo as it was sent"]) {
      const download = page.waitForEvent("download");
      await page.getByRole("article").getByRole("button", { name }).click();
      const path = join(folder, (await download).suggestedFilename());
      await (await download).saveAs(path);
      paths.push(path);
    }
    expect(paths[1]).toBe(join(folder, "large-sent.jpg"));
    const { stdout } = await run("npm", ["run", "-s", "replay", "--", ...paths], { cwd: ROOT });
    expect(stdout).toMatch(/reproduced/i);
    await page.getByRole("main").getByText("Show as code").click();
    await page.getByRole("main").getByText("The page reduced or converted your photo").waitFor();
    await page.getByRole("button", { name: "curl" }).click();
    const command = (await page.getByRole("code").textContent()) ?? "";
    const curl = await run("sh", ["-c", command], { cwd: folder });
    const { answer } = JSON.parse(curl.stdout).data?.classify ?? JSON.parse(curl.stdout);
    expect(answer).toBeDefined();
    await rm(folder, { recursive: true });
  });

  it("cleared history can be brought back, and an entry opens its photo", async () => {
    const { page } = await open();
    await classifyFile(page, "espresso.webp");
    const history = page.getByRole("region", { name: "This session" });
    await history.getByText("espresso.webp").waitFor();
    await classifyFile(page, "cat.jpg");
    await history.getByText("cat.jpg").waitFor();
    await history.getByRole("button", { name: "Clear history" }).click();
    expect(await history.getByRole("listitem").count()).toBe(0);
    await history.getByRole("button", { name: "Undo" }).click();
    await history.getByRole("button", { name: "Open espresso.webp: espresso" }).click();
    await expect.poll(() => answerIn(page).textContent(), { timeout: 60_000 }).toBe("espresso");
  });

  it("the first load is below 60 KB with the examples", async () => {
    const { page } = await open();
    const devtools = await page.context().newCDPSession(page);
    await devtools.send("Network.enable");
    await devtools.send("Network.setCacheDisabled", { cacheDisabled: true });
    const sizes: number[] = [];
    devtools.on("Network.loadingFinished", ({ encodedDataLength }) =>
      sizes.push(encodedDataLength),
    );
    await page.goto(url(), { waitUntil: "networkidle" });
    expect(sizes.length).toBeGreaterThanOrEqual(6);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    console.log(`First load: ${total} bytes in ${sizes.length} responses.`);
    expect(total).toBeLessThan(60_000);
  });
});

describePage("a browser at a path of the API", { settings: { PROFILE: "hardened" } }, ({ url }) => {
  it.each([
    ["/nothing", 404, "此处没有内容"],
    ["/graphql", 403, "POST"],
  ])("%s answers a browser in HTML, and programs in JSON", async (path, status, words) => {
    const ask = (accept: string) => fetch(new URL(path, url()), { headers: { accept } });
    const html = await ask("text/html,*/*;q=0.8");
    expect(html.status).toBe(status);
    expect(html.headers.get("content-type")).toBe("text/html; charset=utf-8");
    const text = await html.text();
    expect(text).toContain('<a href="/">');
    expect(text).toContain(words);
    const json = await ask("application/json");
    expect(json.status).toBe(status);
    expect((await json.json()).errors).toHaveLength(1);
  });
});
