import { type LocalWorker, startLocalWorker } from "../../tools/local-worker.ts";
import type { RunningImageHost } from "./image-host.ts";
import { findSubject, type Subject } from "./measure-request.ts";
import type { Profile } from "./recipe.ts";
import { measuredSettings } from "./settings.ts";

/** A Worker that can be replaced if a request has ruined it. */
export class Runner {
  readonly subject: Subject;
  readonly #worker: LocalWorker;

  private constructor(worker: LocalWorker, subject: Subject) {
    this.#worker = worker;
    this.subject = subject;
  }

  static async start(profile: Profile, { host }: RunningImageHost): Promise<Runner> {
    const worker = await startLocalWorker({
      port: 0,
      logLevel: "none",
      watch: false,
      settings: measuredSettings(profile, host),
    });
    return new Runner(worker, await findSubject(worker.url));
  }

  async dispose(): Promise<void> {
    // A busy process would end only after the request.
    try {
      process.kill(this.subject.pid, "SIGKILL");
    } catch {
      // It has ended already.
    }
    await this.#worker.dispose();
  }
}
