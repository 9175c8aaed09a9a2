/** The Worker's image decoder, in Node: the same code, with modules compiled from node_modules. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { createFastImageDecoder } from "../src/imaging/fast-image-decoder.ts";
import type { ImageDecoder } from "../src/imaging/image-decoder.ts";

const require = createRequire(import.meta.url);

/** Compiles the codecs and makes a decoder of them. */
export async function createNodeImageDecoder(): Promise<ImageDecoder> {
  return createFastImageDecoder({ jpegTurbo: await compile("@cwasm/jpeg-turbo/jpeg-turbo.wasm") });
}

async function compile(specifier: string): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await readFile(require.resolve(specifier)));
}
