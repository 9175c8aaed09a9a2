/** A purge while a Worker runs that remembers. */
import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { purge } from "../../cli/commands/model/purge.ts";
import { useLocalWorker } from "../support/use-local-worker.ts";

const worker = useLocalWorker({ settings: { ALIASES_TTL_SECONDS: "0" } });

async function isRemembered(model: string): Promise<boolean> {
  const body = await readFile(new URL("../../examples/espresso.jpg", import.meta.url));
  const url = new URL(`/classify?model=${model}`, worker().url);
  const response = await fetch(url, { method: "POST", body });
  expect(response.status).toBe(200);
  return ((await response.json()) as { cached: boolean }).cached;
}

it("makes a running Worker forget what it remembers of a version, and of no other", async () => {
  for (const model of ["default", "resnet18"]) await isRemembered(model);
  expect(await isRemembered("default")).toBe(true);
  await purge.run(["efficientnet-lite0@1.0.0", "--config", worker().configPath]);
  expect(await isRemembered("default")).toBe(false);
  expect(await isRemembered("resnet18")).toBe(true);
});
