import { formatPercent } from "../../terminal/format-percent.ts";
import { ProgressBar } from "../../terminal/progress-bar.ts";
import type { EpochEntry } from "./run-folder.ts";
import type { Report } from "./training.ts";

/** Shows the progress of a run on stderr: a bar for each epoch, and a line after it. */
export class TrainingView {
  readonly #silent: boolean;
  #bar: ProgressBar | undefined;
  #startedAt = Date.now();
  #startedWith = 0;

  constructor(silent: boolean) {
    this.#silent = silent;
  }

  /** Before a stage: what its frozen layers give is computed once for each photo. */
  showFrozen(done: number, total: number): void {
    this.#bar ??= new ProgressBar("frozen layers", { silent: this.#silent, unit: "photos" });
    this.#bar.update(done, total);
    if (done === total) this.end();
  }

  showStep({ epoch, epochs, done, total, loss }: Report): void {
    if (!this.#bar) {
      const name = `epoch ${epoch} of ${epochs}`;
      this.#bar = new ProgressBar(name, { silent: this.#silent, unit: "photos" });
      this.#startedAt = Date.now();
      this.#startedWith = done;
      return;
    }
    const rate = (done - this.#startedWith) / ((Date.now() - this.#startedAt) / 1000);
    const left = (total - done + (epochs - epoch) * total) / rate;
    this.#bar.update(
      done,
      total,
      `${rate.toFixed(1)} per second, loss ${loss.toFixed(3)}, at most ${formatDuration(left)} left`,
    );
  }

  showEpoch({ train, validation, isBest }: EpochEntry): void {
    this.end();
    if (this.#silent) return;
    const checked = validation
      ? `, validation: loss ${validation.loss.toFixed(3)}, ${formatPercent(validation.accuracy)} right${isBest ? " (best)" : ""}`
      : "";
    process.stderr.write(
      `  training: loss ${train.loss.toFixed(3)}, ${formatPercent(train.accuracy)} right${checked}\n`,
    );
  }

  end(): void {
    this.#bar?.end();
    this.#bar = undefined;
  }
}

function formatDuration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
