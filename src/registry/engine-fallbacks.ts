/** What an isolate has found that an engine cannot run, so that another engine runs it for a while. */

import { ENGINES, type EngineName } from "../inference/engines/engine.ts";
import { describeError, type Log } from "../log.ts";
import type { ModelManifest } from "../models/manifest.ts";
import { versionName } from "../models/version-ref.ts";
import { EngineStartError } from "./engine-host.ts";

/** An engine that failed when it was last tried, in general or for one version. */
export type EngineFallback = {
  /** The engine that failed. ONNX Runtime answers in its place. */
  readonly engine: EngineName;
  /** `id@version`; absent if the engine does not start, which concerns every version. */
  readonly model?: string;
  readonly code: string;
  readonly reason: string;
  /** ISO 8601. */
  readonly since: string;
};

type Entry = {
  readonly fallback: EngineFallback;
  readonly failures: number;
  readonly retryAt: number;
  /** The message with its causes, as it was logged. */
  readonly cause: string;
};

/** How long an engine is not tried after its first failure; doubles with each further one. */
const RETRY_MS = 60_000;
const MAX_RETRY_MS = 600_000;
/** The oldest are forgotten. Callers can name every published version. */
const MAX_ENTRIES = 256;

export class EngineFallbacks {
  readonly #log: Log;
  readonly #entries = new Map<string, Entry>();
  /** The reason that {@link note} logged last, by engine and version. */
  readonly #noted = new Map<string, string>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** Whether an engine has failed, in general or for this version, and must not be tried again yet. */
  isBlocked(engine: EngineName, manifest: ModelManifest): boolean {
    return [engine, versionKey(engine, manifest)].some((key) => {
      const entry = this.#entries.get(key);
      return entry !== undefined && Date.now() < entry.retryAt;
    });
  }

  /** Records a failure of an engine, and logs it if its cause is a new one. */
  markBad(engine: EngineName, manifest: ModelManifest, error: unknown): void {
    const concernsAll = error instanceof EngineStartError;
    const key = concernsAll ? engine : versionKey(engine, manifest);
    const known = this.#entries.get(key);
    const now = Date.now();
    const failures = (known?.failures ?? 0) + 1;
    const { code, reason: cause } = describeError(error);
    const fallback: EngineFallback = {
      engine,
      ...(concernsAll ? {} : { model: versionName(manifest) }),
      code,
      reason: explain(engine, concernsAll),
      since: known?.fallback.since ?? new Date(now).toISOString(),
    };
    const retryAt = now + Math.min(RETRY_MS * 2 ** (failures - 1), MAX_RETRY_MS);
    this.#entries.set(key, { fallback, failures, retryAt, cause });
    dropOldest(this.#entries);
    if (known?.cause === cause) return;
    this.#log("warn", "engine-fallback", { ...fallback, reason: cause, fix: fix(concernsAll) });
  }

  /**
   * Logs the failure of an engine if ONNX Runtime failed too, once for each reason. The engine stays the first
   * choice, because the fault is most likely in the version.
   */
  note(engine: EngineName, manifest: ModelManifest, error: unknown): void {
    const key = versionKey(engine, manifest);
    const { code, reason } = describeError(error);
    if (this.#noted.get(key) === reason) return;
    this.#noted.set(key, reason);
    dropOldest(this.#noted);
    this.#log("warn", "engine-failed", { engine, model: versionName(manifest), code, reason });
  }

  /** Clears the failures of an engine that has run a version. */
  markGood(engine: EngineName, manifest: ModelManifest): void {
    this.#noted.delete(versionKey(engine, manifest));
    for (const key of [engine, versionKey(engine, manifest)]) {
      const entry = this.#entries.get(key);
      if (!entry) continue;
      this.#entries.delete(key);
      const { model } = entry.fallback;
      this.#log("info", "engine-recovered", { engine, ...(model === undefined ? {} : { model }) });
    }
  }

  /** Lists the engines that failed when they were last tried. */
  list(): EngineFallback[] {
    return [...this.#entries.values()].map(({ fallback }) => fallback);
  }
}

function dropOldest(entries: Map<string, unknown>): void {
  for (const oldest of entries.keys()) {
    if (entries.size <= MAX_ENTRIES) break;
    entries.delete(oldest);
  }
}

/** If a version is published again, its file is tried at once. */
function versionKey(engine: EngineName, manifest: ModelManifest): string {
  const { sha256 = "" } = manifest.files[ENGINES[engine].file] ?? {};
  return `${engine}#${versionName(manifest)}#${sha256}`;
}

function explain(engine: EngineName, concernsAll: boolean): string {
  const { title } = ENGINES[engine];
  const what = concernsAll ? `${title} does not start` : `${title} cannot run this version`;
  return `${what}, so ${ENGINES.onnxruntime.title} answers, which is slower. The log of the service says why.`;
}

function fix(concernsAll: boolean): string {
  const otherwise = 'set ENGINE to "onnxruntime" in wrangler.toml';
  return concernsAll
    ? `Deploy the Worker again. If that does not help, ${otherwise}.`
    : `Publish the version again. If that does not help, ${otherwise}.`;
}
