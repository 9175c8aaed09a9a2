/** LiteRT in Node: the package's WebAssembly module, compiled from node_modules. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { startLitert } from "../../src/inference/engines/litert/start-litert.ts";
import type { Runtime } from "../../src/inference/runtime.ts";

const WASM = "@litertjs/core/wasm/litert_wasm_internal.wasm";

let starting: Promise<Runtime> | undefined;

/** Starts the runtime once per process. */
export function startNodeLitert(): Promise<Runtime> {
  starting ??= start();
  return starting;
}

async function start(): Promise<Runtime> {
  const path = createRequire(import.meta.url).resolve(WASM);
  return startLitert(await WebAssembly.compile(await readFile(path)));
}
