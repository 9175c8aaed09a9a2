/** One line on stderr that shows how far long work is; nothing where nobody watches. */
export class ProgressBar {
  readonly #name: string;
  readonly #shown: boolean;
  readonly #unit: string;
  readonly #scale: number;

  /**
   * @param unit - what is counted, as "MB"
   * @param scale - how many of what `update` gets make one unit
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

  /** @param total - undefined where it is not known */
  update(done: number, total: number | undefined): void {
    if (!this.#shown) return;
    const width = 30;
    const share = total ? done / total : 0;
    const bar = "#".repeat(Math.round(share * width)).padEnd(width, ".");
    const of = total ? ` of ${this.#format(total)}` : "";
    process.stderr.write(`\r${this.#name} [${bar}] ${this.#format(done)}${of} ${this.#unit}`);
  }

  /** Ends the line. */
  end(): void {
    if (this.#shown) process.stderr.write("\n");
  }

  #format(amount: number): string {
    return this.#scale === 1 ? String(amount) : (amount / this.#scale).toFixed(1);
  }
}
