/** ONNX Runtime in Node: the same WebAssembly module as in the Worker, compiled from node_modules. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { startOnnxRuntime } from "../../src/inference/engines/onnxruntime.ts";
import type { Runtime } from "../../src/inference/runtime.ts";

const require = createRequire(import.meta.url);
let compiling: Promise<WebAssembly.Module> | undefined;

/** Compiles the module once per process. */
export async function startNodeRuntime(): Promise<Runtime> {
  compiling ??= readFile(require.resolve("onnxruntime-web/ort-wasm-simd-threaded.wasm")).then(
    (bytes) => WebAssembly.compile(bytes),
  );
  return startOnnxRuntime(await compiling);
}
