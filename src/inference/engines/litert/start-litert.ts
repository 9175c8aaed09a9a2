import type { Runtime } from "../../runtime.ts";
import { ENGINES } from "../engine.ts";
import type { LitertModule, LoadLitert } from "./litert-module.ts";
import { openSession } from "./litert-session.ts";
import { loadLitert } from "./load-litert.ts";

/**
 * Starts an instance of LiteRT with memory that no other instance shares.
 *
 * @param wasm - the compiled `litert_wasm_internal.wasm`
 * @param load - the loader beside it
 * @throws Error if the loader did not use the given module, because it starts differently
 */
export async function startLitert(
  wasm: WebAssembly.Module,
  load: LoadLitert = loadLitert,
): Promise<Runtime> {
  let instance: WebAssembly.Instance | undefined;
  let imported: WebAssembly.Memory | undefined;
  const litert = await load({
    // Otherwise the loader would look for its file beside the script.
    locateFile: (name: string) => name,
    print() {},
    printErr() {},
    instantiateWasm(imports, receive) {
      imported = findMemory(Object.values(imports).flatMap((module) => Object.values(module)));
      instance = new WebAssembly.Instance(wasm, imports);
      receive(instance, wasm);
      return instance.exports;
    },
  });
  const memory = imported ?? (instance && findMemory(Object.values(instance.exports)));
  if (!memory) {
    throw new Error(
      "LiteRT did not instantiate the given WebAssembly module. This version of @litertjs/core starts differently. Adapt src/inference/engines/litert to it.",
    );
  }
  return makeRuntime(litert, memory);
}

function makeRuntime(litert: LitertModule, memory: WebAssembly.Memory): Runtime {
  const environment = litert.LiteRtEnvironment.create(null);
  return {
    name: ENGINES.litert.title,
    createSession: (model) => openSession(litert, environment, model),
    heapBytes: () => memory.buffer.byteLength,
  };
}

function findMemory(values: readonly unknown[]): WebAssembly.Memory | undefined {
  return values.find((value) => value instanceof WebAssembly.Memory);
}
