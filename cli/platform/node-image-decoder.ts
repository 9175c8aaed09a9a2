/** The Worker's image decoder, in Node: the same code, with modules compiled from node_modules. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { CODECS } from "../../src/imaging/codecs.ts";
import { createImageDecoder, type ImageDecoder } from "../../src/imaging/image-decoder.ts";

const require = createRequire(import.meta.url);

/** Makes a decoder; one per process is enough. */
export function createNodeImageDecoder(): ImageDecoder {
  return createImageDecoder(CODECS, {
    JPEG: () => compile("@cwasm/jpeg-turbo/jpeg-turbo.wasm"),
    WEBP: () => compile("@cwasm/webp/webp.wasm"),
    AVIF: () => compile("@jsquash/avif/codec/dec/avif_dec.wasm"),
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
