/** The Worker of `npm run bench:engines` in a workerd process for itself, with the CPU time of that process. */
import { Miniflare } from "miniflare";
import { buildWorker, type WorkerBundle } from "../../tools/worker-bundle.ts";
import { cpuMs, findDescendants } from "../fuzz/process-usage.ts";
import type { Subject } from "./subjects.ts";

const ENTRY_POINT = new URL("../engines-worker.ts", import.meta.url).pathname;
const COMPATIBILITY_DATE = "2026-10-01";
/** Miniflare passes them on to V8. */
const FLAGS_VARIABLE = "MINIFLARE_WORKERD_V8_FLAGS";
const WITHOUT_VNNI = "--no-enable-avx-vnni --no-enable-avx-vnni-int8";

export type Answer = {
  /** CPU time of the process until the answer, with what other threads compile. */
  readonly ms: number;
  readonly heapBytes: number;
};

export type BenchWorker = {
  /** CPU time of the process until it was ready. */
  readonly startMs: number;
  put(subject: Pick<Subject, "id" | "engine" | "side" | "file">): Promise<void>;
  /** @param actions - `load` and `run`, in order */
  act(name: string, actions: readonly string[], times?: number): Promise<Answer>;
  dispose(): Promise<void>;
};

export function buildBenchWorker(): Promise<WorkerBundle> {
  return buildWorker(ENTRY_POINT);
}

export async function startBenchWorker(
  { mainModule, modules }: WorkerBundle,
  { vnni }: { readonly vnni: boolean },
): Promise<BenchWorker> {
  const before = new Set(findDescendants("workerd"));
  process.env[FLAGS_VARIABLE] = vnni ? "" : WITHOUT_VNNI;
  const miniflare = new Miniflare({
    cf: false,
    telemetry: { enabled: false },
    workers: [
      {
        config: {
          name: "bench",
          compatibilityDate: COMPATIBILITY_DATE,
          compatibilityFlags: [],
          manifest: { mainModule, modulesRoot: "/", modules },
          env: {},
        },
      },
    ],
  });
  const url = await miniflare.ready;
  delete process.env[FLAGS_VARIABLE];
  await send(new URL("/ready", url), { method: "POST" }, 404);
  const own = findDescendants("workerd").filter((id) => !before.has(id));
  return {
    startMs: cpuMs(own),
    async put({ id, engine, side, file }) {
      const target = new URL(`/${id}?engine=${engine}&side=${side}`, url);
      await send(target, { method: "PUT", body: file });
    },
    async act(name, actions, times = 1) {
      const target = new URL(`/${name}?times=${times}`, url);
      for (const action of actions) target.searchParams.append("action", action);
      const start = cpuMs(own);
      const heapBytes = Number(await send(target, { method: "POST" }));
      return { ms: cpuMs(own) - start, heapBytes };
    },
    dispose: () => miniflare.dispose(),
  };
}

async function send(url: URL, init: RequestInit, status = 200): Promise<string> {
  const response = await fetch(url, init);
  const text = await response.text();
  if (response.status !== status) throw new Error(`${url}: ${response.status} ${text}`);
  return text;
}
