/** LiteRT in Node: the package's WebAssembly module, compiled from node_modules. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { compileFunction } from "node:vm";
import type { LoadLitert } from "../../src/inference/engines/litert/litert-module.ts";
import { startLitert } from "../../src/inference/engines/litert/start-litert.ts";
import type { Runtime } from "../../src/inference/runtime.ts";

const require = createRequire(import.meta.url);
const SCRIPT = "@litertjs/core/wasm/litert_wasm_internal.js";
const WASM = "@litertjs/core/wasm/litert_wasm_internal.wasm";

let starting: Promise<Runtime> | undefined;

/** Starts the runtime once per process. */
export function startNodeLitert(): Promise<Runtime> {
  starting ??= start();
  return starting;
}

async function start(): Promise<Runtime> {
  const wasm = await WebAssembly.compile(await readFile(require.resolve(WASM)));
  return startLitert(wasm, await loadScript());
}

/** The package says that its files are ES modules, but this one is CommonJS. */
async function loadScript(): Promise<LoadLitert> {
  const path = require.resolve(SCRIPT);
  const names = ["module", "exports", "require", "__filename", "__dirname"];
  const run = compileFunction(await readFile(path, "utf8"), names, { filename: path });
  const module = { exports: {} };
  run(module, module.exports, require, path, path.slice(0, path.lastIndexOf("/")));
  return module.exports as LoadLitert;
}
