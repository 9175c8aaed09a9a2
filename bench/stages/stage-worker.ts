/** The Worker of `npm run bench` in a workerd process for itself, with the CPU time of that process. */
import { pathToFileURL } from "node:url";
import type { EngineName } from "../../src/inference/engines/engine.ts";
import { startDeployedWorker } from "../../tools/deployed-worker.ts";
import { cpuMs, findDescendants } from "../fuzz/process-usage.ts";

export type StageWorker = {
  /** Runs a stage several times. Returns milliseconds of CPU time for each. */
  run(model: string, stage: string, times: number): Promise<number>;
  dispose(): Promise<void>;
};

/** @param checkout - path of the checkout whose code is measured */
export async function startStageWorker(
  checkout: string,
  engine: EngineName,
  photo: Uint8Array<ArrayBuffer>,
): Promise<StageWorker> {
  const before = new Set(findDescendants("workerd"));
  const { buildWorker } = await import(pathToFileURL(`${checkout}/tools/worker-bundle.ts`).href);
  const { url, dispose } = await startDeployedWorker({
    bundle: await buildWorker("bench/stages-worker.ts"),
    settings: { RESULT_CACHE_SECONDS: "0", ENGINE: engine },
  });
  const own = findDescendants("workerd").filter((id) => !before.has(id));
  return {
    async run(model, stage, times) {
      const target = new URL(`/?${new URLSearchParams({ model, stage, times: `${times}` })}`, url);
      const start = cpuMs(own);
      const response = await fetch(target, { method: "POST", body: photo });
      if (!response.ok) throw new Error(`${stage}: ${response.status} ${await response.text()}`);
      return (cpuMs(own) - start) / times;
    },
    dispose,
  };
}
