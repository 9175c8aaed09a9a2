import { type LocalWorker, startLocalWorker } from "../../tools/local-worker.ts";
import type { Outgoing } from "../send-request.ts";
import type { RunningImageHost } from "./image-host.ts";
import { findSubject, type Measured, measureRequest, type Subject } from "./measure-request.ts";
import type { Profile } from "./recipe.ts";
import { measuredSettings } from "./settings.ts";

export type RunnerOptions = {
  readonly profile: Profile;
  /** The only host that the Worker may fetch images from. */
  readonly host: RunningImageHost;
  /** Path of another wrangler.toml; its bucket lies beside it. */
  readonly configPath?: string;
};

type Running = { readonly worker: LocalWorker; readonly subject: Subject };

/** A Worker to measure, which is replaced if a request ruins it. */
export class Runner {
  readonly #options: RunnerOptions;
  #running: Running;

  private constructor(options: RunnerOptions, running: Running) {
    this.#options = options;
    this.#running = running;
  }

  static async start(options: RunnerOptions): Promise<Runner> {
    return new Runner(options, await run(options));
  }

  get subject(): Subject {
    return this.#running.subject;
  }

  /** @param stopCpuMs - stops the request, and the Worker with it, after so much CPU time */
  async measure(request: Outgoing, stopCpuMs: number): Promise<Measured> {
    const measured = await measureRequest(this.subject, request, stopCpuMs);
    if (measured.outcome === "stopped") {
      await this.dispose();
      this.#running = await run(this.#options);
    }
    return measured;
  }

  async dispose(): Promise<void> {
    const { worker, subject } = this.#running;
    // A busy process would end only after the request.
    try {
      process.kill(subject.pid, "SIGKILL");
    } catch {
      // It has ended already.
    }
    await worker.dispose();
  }
}

async function run({ profile, host, configPath }: RunnerOptions): Promise<Running> {
  const worker = await startLocalWorker({
    port: 0,
    logLevel: "none",
    watch: false,
    settings: measuredSettings(profile, host.host),
    ...(configPath === undefined ? {} : { configPath }),
  });
  return { worker, subject: await findSubject(worker.url) };
}
