/** `npm run screenshots`: the page in six states, on four screens, light and dark, for docs/screenshots. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { type Browser, chromium, type Page } from "playwright-core";
import UPNG from "upng-js";
import { buildPage } from "./build-page.ts";
import { seedLocalBucket, startLocalWorker } from "./local-worker.ts";

const FOLDER = new URL("../docs/screenshots/", import.meta.url);
const EXECUTABLE = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";
const ARGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"];
/** Height in pixels by width: a small phone, a phone, a small and a usual laptop. */
const HEIGHTS: Readonly<Record<number, number>> = { 320: 640, 390: 844, 1280: 720, 1366: 650 };
/** From this width on, the answer is beside the input. */
const WIDE = 960;
const WIDTHS = Object.keys(HEIGHTS).map(Number);
/** A quarter of the bytes, without a visible difference. */
const COLORS = 128;
const SCHEMES = ["light", "dark"] as const;

const example = (name: string) => new URL(`../examples/${name}`, import.meta.url).pathname;
const choose = (page: Page, file: string) => page.setInputFiles("input[type=file]", file);
const answered = (page: Page) => page.waitForSelector(".answer h2");

const STATES: Record<string, (page: Page) => Promise<unknown>> = {
  empty: async () => {},
  loading: async (page) => {
    const network = await page.context().newCDPSession(page);
    const slow = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 8000 };
    await network.send("Network.emulateNetworkConditions", slow);
    await choose(page, example("rocket.jpg"));
    await page
      .getByRole("main")
      .getByText(/Sending: [1-9]/)
      .waitFor();
  },
  answer: async (page) => {
    await choose(page, example("espresso.jpg"));
    await answered(page);
    await page.getByRole("button", { name: "Where it looked: espresso" }).click();
    await page.waitForSelector(".overlay");
  },
  hedged: async (page) => {
    await page.getByRole("button", { name: "换成中文" }).click();
    await choose(page, example("cat.jpg"));
    await answered(page);
    await page.getByRole("slider", { name: /阈值/ }).fill("0.6");
  },
  comparison: async (page) => {
    await choose(page, example("espresso.jpg"));
    await answered(page);
    await page.getByRole("main").getByText("Settings").click();
    await page.getByLabel("Compare with").selectOption("resnet18@1.0.0");
    await page.waitForFunction(() => document.querySelectorAll(".result").length === 3);
  },
  error: async (page) => {
    await choose(page, new URL("../LICENSE", import.meta.url).pathname);
    await page.getByRole("alert").waitFor();
  },
};

await buildPage();
await seedLocalBucket();
const worker = await startLocalWorker({ port: 0, logLevel: "none", watch: false });
const browser = await chromium.launch({ executablePath: EXECUTABLE, args: ARGS });
try {
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER, { recursive: true });
  for (const name of Object.keys(STATES)) {
    for (const width of WIDTHS) {
      for (const scheme of SCHEMES) await shoot(browser, name, width, scheme);
    }
    console.log(`${name}: ${WIDTHS.length * SCHEMES.length} screenshots`);
  }
} finally {
  await browser.close();
  await worker.dispose();
}

async function shoot(
  open: Browser,
  name: string,
  width: number,
  colorScheme: (typeof SCHEMES)[number],
): Promise<void> {
  const viewport = { width, height: HEIGHTS[width] as number };
  const context = await open.newContext({
    viewport,
    colorScheme,
    locale: "en-GB",
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  await page.goto(worker.url.href);
  await STATES[name]?.(page);
  await page.evaluate(() => Promise.all([...document.images].map((image) => image.decode())));
  // Filling in a slider or a setting has scrolled to it. A wide page shows the answer without scrolling.
  await page.evaluate((isWide) => {
    if (isWide) scrollTo(0, 0);
    else document.querySelector(".stage")?.scrollIntoView();
  }, width >= WIDE);
  // What is in view without scrolling.
  const png = await page.screenshot();
  await writeFile(new URL(`${name}-${width}-${colorScheme}.png`, FOLDER), reduceColors(png));
  await context.close();
}

function reduceColors(png: Buffer): Uint8Array {
  const image = UPNG.decode(Uint8Array.from(png).buffer);
  const frames = UPNG.toRGBA8(image);
  return new Uint8Array(UPNG.encode(frames, image.width, image.height, COLORS));
}
