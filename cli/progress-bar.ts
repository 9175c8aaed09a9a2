/** One line on stderr that shows how far a download is; nothing where nobody watches. */
export class ProgressBar {
  readonly #name: string;
  readonly #shown: boolean;

  constructor(name: string, { silent }: { readonly silent: boolean }) {
    this.#name = name;
    this.#shown = !silent && process.stderr.isTTY === true;
  }

  /** @param total - undefined where it is not known */
  update(received: number, total: number | undefined): void {
    if (!this.#shown) return;
    const width = 30;
    const share = total ? received / total : 0;
    const bar = "#".repeat(Math.round(share * width)).padEnd(width, ".");
    const of = total ? ` of ${(total / 1e6).toFixed(1)}` : "";
    process.stderr.write(`\r${this.#name} [${bar}] ${(received / 1e6).toFixed(1)}${of} MB`);
  }

  /** Ends the line. */
  end(): void {
    if (this.#shown) process.stderr.write("\n");
  }
}
