/** `model purge` while a Worker with a result cache runs. */
import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { purge } from "../../cli/commands/model/purge.ts";
import { useLocalWorker } from "../support/use-local-worker.ts";

const worker = useLocalWorker({ settings: { ALIASES_TTL_SECONDS: "0" } });

async function isCached(model: string): Promise<boolean> {
  const body = await readFile(new URL("../../examples/espresso.jpg", import.meta.url));
  const url = new URL(`/classify?model=${model}`, worker().url);
  const response = await fetch(url, { method: "POST", body });
  expect(response.status).toBe(200);
  return ((await response.json()) as { cached: boolean }).cached;
}

it("makes a running Worker discard the cached results of one version only", async () => {
  for (const model of ["default", "resnet18"]) await isCached(model);
  expect(await isCached("default")).toBe(true);
  await purge.run(["efficientnet-lite0@1.1.0", "--config", worker().configPath]);
  expect(await isCached("default")).toBe(false);
  expect(await isCached("resnet18")).toBe(true);
});
