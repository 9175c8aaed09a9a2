/** Once, before all tests: the page that the Worker serves. */
import { buildPage } from "../../tools/build-page.ts";

/** Vitest calls it. */
export async function setup(): Promise<void> {
  await buildPage();
}
