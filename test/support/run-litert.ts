/** LiteRT.js in Node, to run what the converter writes. Its loader expects a browser's worker. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { runInThisContext } from "node:vm";

const require = createRequire(import.meta.url);
const SCRIPT = "litert_wasm_internal.js";
const WASM = "litert_wasm_internal.wasm";

/** A float32 output, row-major. */
export type LitertOutput = { readonly shape: readonly number[]; readonly data: Float32Array };

let starting: Promise<typeof import("@litertjs/core")> | undefined;

/**
 * Runs a .tflite file once for each image.
 *
 * @param images - NHWC
 * @returns the outputs of each run, in the order of the file
 */
export async function runLitert(
  file: Uint8Array<ArrayBuffer>,
  shape: readonly number[],
  images: readonly Float32Array[],
): Promise<LitertOutput[][]> {
  starting ??= start();
  const { loadAndCompile, Tensor } = await starting;
  const model = await loadAndCompile(file, { accelerator: "wasm" });
  const results: LitertOutput[][] = [];
  for (const image of images) {
    const input = new Tensor(image, [...shape]);
    const outputs = (await model.run(input)) as InstanceType<typeof Tensor>[];
    const read: LitertOutput[] = [];
    for (const output of outputs) {
      const data = Float32Array.from((await output.data()) as Float32Array);
      read.push({ shape: [...output.type.layout.dimensions], data });
      output.delete();
    }
    input.delete();
    results.push(read);
  }
  model.delete();
  return results;
}

async function start() {
  const folder = join(dirname(require.resolve("@litertjs/core/package.json")), "wasm");
  const script = await readFile(join(folder, SCRIPT), "utf8");
  const scope = globalThis as unknown as Record<string, unknown>;
  scope.self = globalThis;
  scope.require = require;
  scope.__filename = join(folder, SCRIPT);
  scope.__dirname = folder;
  scope.importScripts = () => runInThisContext(`${script}\n;self.ModuleFactory = ModuleFactory;`);
  scope.Module = {
    wasmBinary: await readFile(join(folder, WASM)),
    locateFile: (name: string) => join(folder, name),
    print() {},
    printErr() {},
  };
  const litert = await import("@litertjs/core");
  await litert.loadLiteRt(join(folder, SCRIPT));
  return litert;
}
