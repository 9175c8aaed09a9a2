/** ONNX Runtime in Node: the same WebAssembly module as in the Worker, compiled from node_modules. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { startOnnxRuntime } from "../../src/inference/engines/onnxruntime/start-onnxruntime.ts";
import type { Runtime } from "../../src/inference/runtime.ts";

const require = createRequire(import.meta.url);
let compiling: Promise<WebAssembly.Module> | undefined;
let starting: Promise<Runtime> | undefined;

/** Starts the runtime once per process. */
export function startNodeRuntime(): Promise<Runtime> {
  starting ??= startOwnNodeRuntime();
  return starting;
}

/** Starts another runtime, for a caller that gives it up. */
export async function startOwnNodeRuntime(): Promise<Runtime> {
  compiling ??= compile();
  return startOnnxRuntime(await compiling);
}

async function compile(): Promise<WebAssembly.Module> {
  const file = require.resolve("onnxruntime-web/ort-wasm-simd-threaded.wasm");
  return WebAssembly.compile(await readFile(file));
}
