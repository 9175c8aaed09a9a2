/** Builds the page that the Worker serves, once before all tests. */
import { buildPage } from "../../tools/build-page.ts";

/** Called by Vitest. */
export async function setup(): Promise<void> {
  await buildPage();
}
