/** The real page, served by the real Worker, in Debian's Chromium. */
import { existsSync } from "node:fs";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe } from "vitest";
import { useLocalWorker, type WorkerOptions } from "../../support/use-local-worker.ts";

const CANDIDATES = [
  process.env.CHROMIUM_PATH ?? "",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];
const executablePath = CANDIDATES.find((path) => path !== "" && existsSync(path));
if (executablePath === undefined && process.env.CI) {
  throw new Error("CI has no Chromium. Let .ci/run install it.");
}

const ARGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // A camera with a test picture, which needs no permission.
  "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream",
];

/** How long is waited for what is to show: long, as a busy machine is several times slower. */
const PATIENCE_MS = 120_000;

/** A page, and what it complained about. */
export type OpenPage = { readonly page: Page; readonly complaints: readonly string[] };

/** What a group of tests is given. */
export type Stage = {
  open(options?: BrowserContextOptions): Promise<OpenPage>;
  readonly url: () => string;
};

/** Describes tests that need Chromium and a Worker; skipped, with the reason, where there is none. */
export function describePage(
  name: string,
  options: WorkerOptions,
  tests: (stage: Stage) => void,
): void {
  const reason = executablePath ? "" : " (skipped: no Chromium; apt-get install chromium)";
  describe.skipIf(!executablePath)(`${name}${reason}`, () => {
    const worker = useLocalWorker(options);
    let browser: Browser;
    beforeAll(async () => {
      browser = await chromium.launch({ executablePath: executablePath as string, args: ARGS });
    });
    afterAll(() => browser?.close());
    tests({
      url: () => worker().url.href,
      async open(contextOptions = {}) {
        const context = await browser.newContext({ locale: "en-GB", ...contextOptions });
        const page = await context.newPage();
        page.setDefaultTimeout(PATIENCE_MS);
        const complaints: string[] = [];
        page.on("pageerror", (error) => complaints.push(String(error)));
        page.on("console", (message) => {
          if (message.type() === "error") complaints.push(message.text());
        });
        await page.goto(worker().url.href);
        return { page, complaints };
      },
    });
  });
}

/** Path of a file of examples/. */
export function example(name: string): string {
  return new URL(`../../../examples/${name}`, import.meta.url).pathname;
}

/** Chooses a file and waits for the answer. */
export async function classifyFile(page: Page, name: string): Promise<void> {
  await page.setInputFiles("input[type=file]", example(name));
  await page.waitForSelector(".answer h2");
}

/** The large answer. */
export function answerOf(page: Page): Promise<string | null> {
  return page.textContent(".answer h2");
}
