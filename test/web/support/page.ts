/** The real page, served by the real Worker, in Debian's Chromium. */
import { existsSync } from "node:fs";
import {
  type Browser,
  type BrowserContextOptions,
  chromium,
  type Locator,
  type Page,
} from "playwright-core";
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

/** How long to wait for something to show: long, because a busy machine is several times slower. */
const PATIENCE_MS = 120_000;

/** A file that is not on the disk. */
export type FilePayload = {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
};

/** A page, and its uncaught errors and the errors on its console. */
export type OpenPage = { readonly page: Page; readonly complaints: readonly string[] };

/** What a group of tests works with. */
export type Stage = {
  open(options?: BrowserContextOptions): Promise<OpenPage>;
  readonly url: () => string;
};

/** Describes tests that need Chromium and a Worker. They are skipped, with the reason, if there is no Chromium. */
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

/** Gives a photo through the file picker, as a visitor does; by path, or by its content. */
export async function choosePhoto(page: Page, photo: string | FilePayload): Promise<void> {
  const [chooser] = await Promise.all([
    page.waitForEvent("filechooser"),
    page.getByRole("button", { name: "Choose a photo" }).click(),
  ]);
  await chooser.setFiles(photo);
}

/** Chooses a file of examples/ and waits for the answer. */
export async function classifyFile(page: Page, name: string): Promise<void> {
  await choosePhoto(page, example(name));
  await answerIn(page).waitFor();
}

/** The columns, one for each model or ensemble. */
export function resultsIn(page: Page): Locator {
  return page.getByRole("article");
}

/** The large answer of the first column. */
export function answerIn(page: Page): Locator {
  return resultsIn(page).first().getByRole("heading", { level: 2 });
}

/** The bars of the predictions; `name` can be part of the name of a class, or "below the threshold". */
export function barsIn(page: Page, name: string | RegExp = ""): Locator {
  return page.getByRole("list", { name: "Predictions" }).getByRole("meter", { name });
}

/** Shows or hides the heat map of a class. */
export function pressHeatmap(page: Page, label: string): Promise<void> {
  return page.getByRole("button", { name: `Where it looked: ${label}` }).click();
}

/** The heat map of a class, or of any. */
export function heatmapIn(page: Page, label = ""): Locator {
  return page.getByRole("img", { name: `Heat map for ${label}` });
}

/** Compares with a model, or with none. */
export async function compareWith(page: Page, model: string): Promise<void> {
  const choice = page.getByLabel("Compare with");
  if (!(await choice.isVisible())) await page.getByRole("main").getByText("Settings").click();
  await choice.selectOption(model);
}
