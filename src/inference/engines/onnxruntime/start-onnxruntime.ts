/**
 * Starts ONNX Runtime Web in workerd, which does not allow compiling WebAssembly at run time: the build
 * provides a compiled `WebAssembly.Module`, and the package's loader gets an instance of it.
 */
import loadOrt from "onnxruntime-web/ort-wasm-simd-threaded.mjs";
import type { Runtime } from "../../runtime.ts";
import { ENGINES } from "../engine.ts";
import { replaceProperty } from "../replace-property.ts";
import { externaliseWeights } from "./externalise-weights.ts";
import { type OrtModule, requireOk } from "./ort-module.ts";
import { openSession, type SessionSource } from "./ort-session.ts";

type ReceiveInstance = (instance: WebAssembly.Instance, module: WebAssembly.Module) => void;

const THREADS = 1;
/** Errors and worse. */
const LOG_LEVEL = 3;

/**
 * Starts an instance of ONNX Runtime with memory that no other instance shares.
 *
 * @param wasm - the compiled `ort-wasm-simd-threaded.wasm`
 * @throws Error if the package's loader did not use the given module, because it starts differently
 */
export async function startOnnxRuntime(wasm: WebAssembly.Module): Promise<Runtime> {
  const { ort, memory } = await instantiate(wasm);
  requireOk(ort, ort._OrtInit(THREADS, LOG_LEVEL) === 0, "start");
  return {
    name: ENGINES.onnxruntime.title,
    createSession: (model) => openSession(ort, findWeights(model)),
    heapBytes: () => memory.buffer.byteLength,
  };
}

function findWeights(model: Uint8Array): SessionSource {
  const external = externaliseWeights(model);
  // The runtime explains best why it cannot read a file.
  return external ? { ...external, weights: model } : { graph: model };
}

async function instantiate(
  wasm: WebAssembly.Module,
): Promise<{ readonly ort: OrtModule; readonly memory: WebAssembly.Memory }> {
  let memory: WebAssembly.Memory | undefined;
  const options = {
    numThreads: THREADS,
    // Otherwise the loader would look for its file beside the script.
    locateFile: (name: string) => name,
    instantiateWasm(imports: WebAssembly.Imports, receive: ReceiveInstance) {
      memory = findMemory(imports);
      const instance = new WebAssembly.Instance(wasm, imports);
      receive(instance, wasm);
      return instance.exports;
    },
  };
  const ort = await hidingPlatform(() => loadOrt(options));
  if (!memory) {
    throw new Error(
      "ONNX Runtime did not instantiate the bundled WebAssembly module. This version of onnxruntime-web starts differently. Adapt src/inference/engines/onnxruntime to it.",
    );
  }
  return { ort, memory };
}

/**
 * Hides two things from the loader while it loads.
 *
 * - `Atomics.waitAsync`: the loader waits by it for messages of other threads. That promise never settles, and
 *   keeps the instance alive for ever. There are no other threads.
 * - Node: the loader would look for its files beside the script, which a bundle has not. Electron's renderer
 *   is what it takes for Node without a file system.
 */
async function hidingPlatform<Value>(load: () => Promise<Value>): Promise<Value> {
  const { process } = globalThis as { readonly process?: object };
  const restore = [
    replaceProperty(Atomics, "waitAsync", undefined),
    ...(process ? [replaceProperty(process, "type", "renderer")] : []),
  ];
  try {
    return await load();
  } finally {
    for (const undo of restore) undo();
  }
}

function findMemory(imports: WebAssembly.Imports): WebAssembly.Memory | undefined {
  return Object.values(imports)
    .flatMap((module) => Object.values(module))
    .find((value) => value instanceof WebAssembly.Memory);
}
