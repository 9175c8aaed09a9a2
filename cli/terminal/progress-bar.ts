/** One line on stderr that shows the progress of long work; nothing if stderr is not a terminal. */
export class ProgressBar {
  readonly #name: string;
  readonly #shown: boolean;
  readonly #unit: string;
  readonly #scale: number;

  /**
   * @param unit - such as "MB"
   * @param scale - how much of what `update` gets is one unit
   */
  constructor(
    name: string,
    options: { readonly silent: boolean; readonly unit: string; readonly scale?: number },
  ) {
    this.#name = name;
    this.#unit = options.unit;
    this.#scale = options.scale ?? 1;
    this.#shown = !options.silent && process.stderr.isTTY === true;
  }

  /** @param total - undefined if it is not known */
  update(done: number, total: number | undefined): void {
    if (!this.#shown) return;
    const width = 30;
    const share = total ? done / total : 0;
    const bar = "#".repeat(Math.round(share * width)).padEnd(width, ".");
    const of = total ? ` of ${this.#format(total)}` : "";
    process.stderr.write(`\r${this.#name} [${bar}] ${this.#format(done)}${of} ${this.#unit}`);
  }

  end(): void {
    if (this.#shown) process.stderr.write("\n");
  }

  #format(amount: number): string {
    return this.#scale === 1 ? String(amount) : (amount / this.#scale).toFixed(1);
  }
}
