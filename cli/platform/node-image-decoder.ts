/** The Worker's image decoder, in Node: the same code, with modules compiled from node_modules. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { createFastImageDecoder } from "../../src/imaging/fast-image-decoder.ts";
import type { ImageDecoder } from "../../src/imaging/image-decoder.ts";

const require = createRequire(import.meta.url);

export async function createNodeImageDecoder(): Promise<ImageDecoder> {
  return createFastImageDecoder({
    jpegTurbo: await compile("@cwasm/jpeg-turbo/jpeg-turbo.wasm"),
    webp: () => compile("@cwasm/webp/webp.wasm"),
    avif: () => compile("@jsquash/avif/codec/dec/avif_dec.wasm"),
  });
}

const compiled = new Map<string, Promise<WebAssembly.Module>>();

function compile(specifier: string): Promise<WebAssembly.Module> {
  const module =
    compiled.get(specifier) ??
    readFile(require.resolve(specifier)).then((bytes) => WebAssembly.compile(bytes));
  compiled.set(specifier, module);
  return module;
}
