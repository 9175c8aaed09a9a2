/** The photo that the mix sends, in every format and size. */
import { readFile } from "node:fs/promises";
import { createNodeImageDecoder } from "../../cli/platform/node-image-decoder.ts";
import { inspectImage } from "../../src/imaging/inspect-image.ts";
import { encoders, type Photo } from "../photo-files.ts";

/** What every model says about the photo. */
export const EXPECTED_LABEL = "espresso";

export type PhotoFiles = Readonly<
  Record<
    "jpeg" | "jpeg2" | "jpeg12" | "jpeg12Progressive" | "png" | "webp" | "gif" | "avif",
    Buffer<ArrayBuffer>
  >
>;

/** Reads the small files, and encodes those of 2 and 12 megapixels. */
export async function makePhotoFiles(): Promise<PhotoFiles> {
  const [two, twelve] = [await enlarge(1632, 1224), await enlarge(4000, 3000)];
  return {
    jpeg: await readExample("espresso.jpg"),
    gif: await readExample("espresso.gif"),
    jpeg2: await encode("JPEG baseline", two),
    png: await encode("PNG", two),
    webp: await encode("WebP", two),
    avif: await encode("AVIF", two),
    jpeg12: await encode("JPEG baseline", twelve),
    jpeg12Progressive: await encode("JPEG progressive", twelve),
  };
}

async function readExample(name: string): Promise<Buffer<ArrayBuffer>> {
  return Buffer.from(await readFile(new URL(`../../examples/${name}`, import.meta.url)));
}

async function encode(format: string, photo: Photo): Promise<Buffer<ArrayBuffer>> {
  const encoder = encoders[format];
  if (!encoder) throw new Error(`bench/photo-files.ts has no encoder for ${format}.`);
  return Buffer.from(await encoder(photo));
}

/** Repeats pixels, with some noise so that the files are as long as those of a camera. */
async function enlarge(width: number, height: number): Promise<Photo> {
  const file = await readExample("espresso.jpg");
  const image = await createNodeImageDecoder().decode(file, inspectImage(file), 1000);
  const data = new Uint8ClampedArray(width * height * 4);
  let noise = 1;
  for (let y = 0, at = 0; y < height; y++) {
    const row = Math.floor((y * image.height) / height) * image.width;
    for (let x = 0; x < width; x++, at += 4) {
      const from = (row + Math.floor((x * image.width) / width)) * 3;
      noise = (Math.imul(noise, 1664525) + 1013904223) | 0; // the generator of Numerical Recipes
      for (let c = 0; c < 3; c++) data[at + c] = (image.data[from + c] as number) + (noise >> 29);
      data[at + 3] = 255;
    }
  }
  return { width, height, data, colorSpace: "srgb" } as Photo;
}
