/** LiteRT in Node: the package's WebAssembly module, compiled from node_modules. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { startLitert } from "../../src/inference/engines/litert/start-litert.ts";
import type { Runtime } from "../../src/inference/runtime.ts";

const WASM = "@litertjs/core/wasm/litert_wasm_internal.wasm";

let compiling: Promise<WebAssembly.Module> | undefined;
let starting: Promise<Runtime> | undefined;

/** Starts the runtime once per process. */
export function startNodeLitert(): Promise<Runtime> {
  starting ??= startOwnNodeLitert();
  return starting;
}

/** Starts another runtime, for a caller that gives it up. */
export async function startOwnNodeLitert(): Promise<Runtime> {
  return startLitert(await compileNodeLitert());
}

/** Compiles the module once per process. */
export function compileNodeLitert(): Promise<WebAssembly.Module> {
  compiling ??= compile();
  return compiling;
}

async function compile(): Promise<WebAssembly.Module> {
  const path = createRequire(import.meta.url).resolve(WASM);
  return WebAssembly.compile(await readFile(path));
}
