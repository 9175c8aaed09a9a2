/** Images that cannot be decoded: skipped and reported, unless the user wants to stop at the first. */
import { CliError } from "../cli-error.ts";

/** An image that was skipped. */
export type DamagedImage = { readonly path: string; readonly reason: string };

/** How many an error or a report lists. */
const MAX_LISTED = 5;

export class DamagedImages {
  readonly #reasons = new Map<string, string>();
  readonly #strict: boolean;

  /** @param strict - whether the first one is an error */
  constructor(strict: boolean) {
    this.#strict = strict;
  }

  /**
   * Reads an image, or records that it is damaged.
   *
   * @throws whatever `read` throws, apart from CliError IMAGE_UNREADABLE if not strict
   */
  async read<Value>(path: string, read: () => Promise<Value>): Promise<Value | undefined> {
    try {
      return await read();
    } catch (error) {
      if (this.#strict || !(error instanceof CliError) || error.code !== "IMAGE_UNREADABLE") {
        throw error;
      }
      this.add({ path, reason: error.why });
      return undefined;
    }
  }

  /** Why an image that was read is damaged. */
  reasonOf(path: string): string {
    return this.#reasons.get(path) ?? "";
  }

  add({ path, reason }: DamagedImage): void {
    this.#reasons.set(path, reason);
  }

  list(): DamagedImage[] {
    return [...this.#reasons]
      .map(([path, reason]) => ({ path, reason }))
      .sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /**
   * @param total - the number of images
   * @throws CliError IMAGES_MISSING if all images are damaged
   */
  requireSome(total: number): void {
    if (this.#reasons.size < total) return;
    const [first] = this.list();
    throw new CliError("IMAGES_MISSING", {
      what: total === 1 ? "The image cannot be used." : `None of the ${total} images can be used.`,
      why: first ? `${first.path}: ${first.reason}` : "There are none.",
      fix: "Repair the files, or give other images.",
    });
  }
}

/** Says which images were skipped, in lines; none if there are none. */
export function describeDamaged(damaged: readonly DamagedImage[]): string[] {
  if (damaged.length === 0) return [];
  const more = damaged.length - MAX_LISTED;
  return [
    `Skipped ${damaged.length} damaged ${damaged.length === 1 ? "image" : "images"} (--strict stops at the first):`,
    ...damaged.slice(0, MAX_LISTED).map(({ path, reason }) => `  ${path}: ${reason}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}
