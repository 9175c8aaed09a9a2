/** Builds the page of web/ into dist/web, which the Worker serves. */
import { existsSync } from "node:fs";
import { build } from "vite";

const CONFIG_FILE = new URL("../web/vite.config.ts", import.meta.url).pathname;
const INDEX = new URL("../dist/web/index.html", import.meta.url);

/** Takes about a second. */
export async function buildPage(): Promise<void> {
  const { NODE_ENV } = process.env;
  // Vitest sets it to "test", and Vite would then build Preact's debugger in.
  process.env.NODE_ENV = "production";
  await build({ configFile: CONFIG_FILE, logLevel: "warn" });
  if (NODE_ENV === undefined) delete process.env.NODE_ENV;
  else process.env.NODE_ENV = NODE_ENV;
}

/** Builds the page if it is missing: wrangler does not start a Worker without its assets. */
export async function ensurePage(): Promise<void> {
  if (!existsSync(INDEX)) await buildPage();
}
