/**
 * Starts ONNX Runtime Web in workerd, which does not allow compiling WebAssembly at run time.
 *
 * Normally the runtime fetches and compiles its own `.wasm`. Here the build provides a compiled
 * `WebAssembly.Module`. The runtime calls `WebAssembly.instantiate` once while it initialises; that call is
 * intercepted and returns an instance of the module.
 */
import * as ort from "onnxruntime-web/wasm";
import type { Runtime, RuntimeSession } from "../runtime.ts";

// Makes the runtime use a given binary instead of fetching one. It is never compiled; only its length matters.
const WASM_BINARY_STUB = new Uint8Array(1);

const SESSION_OPTIONS: ort.InferenceSession.SessionOptions = {
  executionProviders: ["wasm"],
  graphOptimizationLevel: "all",
  // The arena reuses the memory of freed tensors. That suits a Worker, which runs one image at a time.
  enableCpuMemArena: true,
};

let starting: Promise<Runtime> | undefined;

/**
 * Starts ONNX Runtime once per isolate.
 *
 * @param wasm - the compiled `ort-wasm-simd-threaded.wasm`
 * @throws Error if the runtime did not use the given module. The runtime cannot be started a second time in
 *   the same isolate, so the failure is permanent.
 */
export function startOnnxRuntime(wasm: WebAssembly.Module): Promise<Runtime> {
  starting ??= start(wasm);
  return starting;
}

async function start(wasm: WebAssembly.Module): Promise<Runtime> {
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmBinary = WASM_BINARY_STUB.buffer;
  ort.env.logLevel = "error";
  const memory = await captureMemory(wasm, async () => {
    // The runtime starts with its first session. It rejects the empty graph, but only after starting. So a
    // damaged model can never prevent the runtime from starting.
    await ort.InferenceSession.create(new Uint8Array(0), SESSION_OPTIONS).catch(() => {});
  });
  return {
    createSession: async (model) =>
      toSession(await ort.InferenceSession.create(model, SESSION_OPTIONS)),
    heapBytes: () => memory.buffer.byteLength,
  };
}

function toSession(session: ort.InferenceSession): RuntimeSession {
  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    run: async (inputs, outputs = session.outputNames) => {
      const feeds = Object.entries(inputs).map(
        ([name, { data, shape }]) => [name, new ort.Tensor("float32", data, shape)] as const,
      );
      const results = await session.run(Object.fromEntries(feeds), outputs);
      return Object.fromEntries(
        Object.entries(results).map(([name, { type, dims, data }]) => [
          name,
          { type, shape: dims, data },
        ]),
      );
    },
    release: () => session.release(),
  };
}

/** Makes `WebAssembly.instantiate` return an instance of `wasm` to the runtime while `initialise` runs. */
async function captureMemory(
  wasm: WebAssembly.Module,
  initialise: () => Promise<void>,
): Promise<WebAssembly.Memory> {
  const { instantiate } = WebAssembly;
  let memory: WebAssembly.Memory | undefined;
  const answer = async (source: unknown, imports: WebAssembly.Imports) => {
    // Other modules, such as image codecs, may be instantiated at the same time.
    if (!isStub(source)) return Reflect.apply(instantiate, WebAssembly, [source, imports]);
    memory = findMemory(imports);
    return { instance: await instantiate(wasm, imports), module: wasm };
  };
  WebAssembly.instantiate = answer as typeof instantiate;
  try {
    await initialise();
  } finally {
    WebAssembly.instantiate = instantiate;
  }
  if (!memory) {
    throw new Error(
      "ONNX Runtime did not instantiate the bundled WebAssembly module. This version of onnxruntime-web starts differently. Adapt src/inference/engines/onnxruntime.ts to it.",
    );
  }
  return memory;
}

function isStub(source: unknown): boolean {
  return source instanceof Uint8Array && source.byteLength === WASM_BINARY_STUB.byteLength;
}

function findMemory(imports: WebAssembly.Imports): WebAssembly.Memory | undefined {
  return Object.values(imports)
    .flatMap((module) => Object.values(module))
    .find((value) => value instanceof WebAssembly.Memory);
}
