import { readdir, readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { answerIn, classifyFile, describePage } from "./support/page.ts";

/** For the first load, without the photos of the examples. */
const MAX_GZIP_BYTES = 60_000;
/** Web Vitals call 0.1 good. */
const MAX_LAYOUT_SHIFT = 0.01;
const DIST = new URL("../../dist/web/", import.meta.url);

describe("the build of the page", () => {
  it("the first load is less than 60 KB when compressed", async () => {
    const names = (await readdir(DIST, { recursive: true })).filter((name) =>
      /\.(html|js|css|svg)$/.test(name),
    );
    const sizes = await Promise.all(
      names.map(async (name) => gzipSync(await readFile(new URL(name, DIST))).byteLength),
    );
    const total = sizes.reduce((sum, size) => sum + size, 0);
    expect(names.length).toBeGreaterThanOrEqual(4);
    expect(total).toBeLessThan(MAX_GZIP_BYTES);
  });

  it("the page loads nothing from other origins", async () => {
    const names = (await readdir(DIST, { recursive: true })).filter((name) =>
      /\.(html|css)$/.test(name),
    );
    for (const name of names) {
      const text = await readFile(new URL(name, DIST), "utf8");
      expect(text).not.toMatch(/(?:src|href)="https?:|url\(["']?https?:/);
    }
  });
});

describePage("the page in the browser", {}, ({ open, url }) => {
  it.each([390, 1280])("nothing shifts when the result appears, at %s px", async (width) => {
    const { page } = await open({ viewport: { width, height: 900 } });
    await page.evaluate(() => {
      const store = globalThis as unknown as { shift: number };
      store.shift = 0;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
          const { value, hadRecentInput } = entry as unknown as {
            value: number;
            hadRecentInput: boolean;
          };
          if (!hadRecentInput) store.shift += value;
        }
      }).observe({ type: "layout-shift", buffered: true });
    });
    await classifyFile(page, "cat.jpg");
    await page.getByRole("region", { name: "This session" }).getByRole("listitem").waitFor();
    await page.waitForTimeout(300);
    const shift = await page.evaluate(() => (globalThis as unknown as { shift: number }).shift);
    expect(shift).toBeLessThan(MAX_LAYOUT_SHIFT);
  });

  it.each([360, 390, 768, 1280])("nothing needs horizontal scrolling at %s px", async (width) => {
    const { page } = await open({ viewport: { width, height: 800 } });
    await classifyFile(page, "cat.jpg");
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
      width,
    );
  });

  it("every file has the security headers", async () => {
    const html = await (await fetch(url())).text();
    const script = /src="([^"]+\.js)"/.exec(html)?.[1] ?? "";
    for (const path of ["/", script, "/favicon.svg"]) {
      const { status, headers } = await fetch(new URL(path, url()));
      expect(status).toBe(200);
      expect(headers.get("content-security-policy")).toMatch(/^default-src 'none'/);
      expect(headers.get("content-security-policy")).not.toContain("unsafe");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("referrer-policy")).toBe("no-referrer");
    }
  });

  it("languages and sliders work offline", async () => {
    const { page, complaints } = await open();
    await classifyFile(page, "espresso.jpg");
    await page.context().setOffline(true);
    await page.getByRole("button", { name: "换成中文" }).click();
    expect(await answerIn(page).textContent()).toBe("浓缩咖啡");
    await page.getByLabel(/显示的预测数/).fill("2");
    expect(await page.getByRole("list", { name: "预测" }).getByRole("meter").count()).toBe(2);
    expect(complaints).toEqual([]);
  });
});
