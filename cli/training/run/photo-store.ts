/** Decoded photos in the size that training needs, on disk: an epoch then costs training, not decoding. */
import { mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { fitToInput } from "../../../src/imaging/image-to-tensor.ts";
import { placePhoto, shorterSideFor } from "../../../src/imaging/place-photo.ts";
import type { PreprocessSpec } from "../../../src/imaging/preprocess-spec.ts";
import { resize } from "../../../src/imaging/resize.ts";
import type { RgbImage } from "../../../src/imaging/rgb-image.ts";
import { writingFailed } from "../../files/writing-failed.ts";

const HEADER_BYTES = 8;

/** The default folder, shared by all runs. */
export function defaultCache(): string {
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "resnet-edge", "photos");
}

export class PhotoStore {
  readonly #folder: string;
  readonly #spec: PreprocessSpec;

  /** @param spec - of the network; with a crop, the whole photo is kept around it */
  constructor(folder: string, spec: PreprocessSpec) {
    this.#spec = spec;
    this.#folder = join(folder, nameOf(spec));
  }

  /** The shorter side that a photo must keep while it is decoded. */
  shorterSideFor(photo: { readonly width: number; readonly height: number }): number {
    return shorterSideFor(photo, placePhoto(photo, this.#spec));
  }

  /** @param sha256 - of the photo's file */
  async has(sha256: string): Promise<boolean> {
    return stat(this.#pathOf(sha256)).then(
      () => true,
      () => false,
    );
  }

  /** @throws CliError FILE_UNWRITABLE */
  async write(sha256: string, photo: RgbImage): Promise<void> {
    const { width, height, data } = this.#fit(photo);
    const file = Buffer.alloc(HEADER_BYTES + data.length);
    file.writeUInt32LE(width, 0);
    file.writeUInt32LE(height, 4);
    file.set(data, HEADER_BYTES);
    const path = this.#pathOf(sha256);
    const unfinished = `${path}.${process.pid}`;
    try {
      await mkdir(this.#folder, { recursive: true });
      await writeFile(unfinished, file);
      await rename(unfinished, path);
    } catch (cause) {
      throw writingFailed(path, cause);
    }
  }

  /** @throws Error of Node if it is not there */
  async read(sha256: string): Promise<RgbImage> {
    const file = await readFile(this.#pathOf(sha256));
    return {
      width: file.readUInt32LE(0),
      height: file.readUInt32LE(4),
      data: new Uint8Array(file.buffer, file.byteOffset + HEADER_BYTES, file.length - HEADER_BYTES),
    };
  }

  #pathOf(sha256: string): string {
    return join(this.#folder, `${sha256}.rgb`);
  }

  #fit(photo: RgbImage): RgbImage {
    const { resize: options } = this.#spec;
    if (options.fit !== "crop") return fitToInput(photo, this.#spec);
    const { resized } = placePhoto(photo, this.#spec);
    const region = { left: 0, top: 0, ...resized };
    return resize(photo, { ...resized, region, interpolation: options.interpolation });
  }
}

/** Photos that were prepared differently must not be mixed up. */
function nameOf({ width, height, resize: options, color, mean }: PreprocessSpec): string {
  const { fit, interpolation } = options;
  const side = fit === "crop" ? `-${options.shorterSide}` : "";
  const padding = fit === "letterbox" ? `-${(options.padding ?? [color, ...mean]).join("-")}` : "";
  return `${fit}-${width}x${height}${side}-${interpolation}${padding}`;
}
