/**
 * Shows the progress of long work on stderr: one line that is rewritten, or a new line now and then if stderr is
 * not a terminal.
 */

/** How long a log says nothing. Work that ends before is not mentioned at all. */
const LOG_INTERVAL_MS = 10_000;
const WIDTH = 30;

export type ProgressOptions = {
  readonly silent: boolean;
  /** Such as "MB". */
  readonly unit: string;
  /** How much of what `update` gets is one unit. */
  readonly scale?: number;
  /** Where to write; stderr by default. */
  readonly output?: { readonly isTTY?: boolean; write(text: string): unknown };
  readonly now?: () => number;
};

export class ProgressBar {
  readonly #name: string;
  readonly #options: ProgressOptions;
  readonly #output: NonNullable<ProgressOptions["output"]>;
  readonly #now: () => number;
  #isStarted = false;
  #loggedAt: number;

  constructor(name: string, options: ProgressOptions) {
    this.#name = name;
    this.#options = options;
    this.#output = options.output ?? process.stderr;
    this.#now = options.now ?? Date.now;
    this.#loggedAt = this.#now();
  }

  /**
   * @param total - undefined if it is not known
   * @param note - anything else worth knowing, such as the time left
   */
  update(done: number, total: number | undefined, note = ""): void {
    if (this.#options.silent) return;
    const of = total ? ` of ${this.#format(total)}` : "";
    const remark = note === "" ? "" : `, ${note}`;
    const amount = `${this.#format(done)}${of} ${this.#options.unit}${remark}`;
    if (this.#output.isTTY !== true) {
      this.#log(amount);
      return;
    }
    const share = total ? done / total : 0;
    const bar = "#".repeat(Math.round(share * WIDTH)).padEnd(WIDTH, ".");
    this.#output.write(`\r${this.#name} [${bar}] ${amount}`);
    this.#isStarted = true;
  }

  end(): void {
    if (this.#isStarted) this.#output.write("\n");
    this.#isStarted = false;
  }

  #log(amount: string): void {
    if (this.#now() - this.#loggedAt < LOG_INTERVAL_MS) return;
    this.#loggedAt = this.#now();
    this.#output.write(`${this.#name}: ${amount}\n`);
  }

  #format(amount: number): string {
    const { scale = 1 } = this.#options;
    return scale === 1 ? String(amount) : (amount / scale).toFixed(1);
  }
}
