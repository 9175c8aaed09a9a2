/**
 * Brings up ONNX Runtime Web inside workerd, where WebAssembly may not be compiled at run time.
 *
 * The runtime normally fetches and compiles its own `.wasm`. Here the build hands over a compiled
 * `WebAssembly.Module`, and the one `WebAssembly.instantiate` call that the runtime makes while it
 * initialises is answered with an instance of that module.
 */
import * as ort from "onnxruntime-web/wasm";
import type { Runtime, RuntimeSession } from "../runtime.ts";

// Sends the runtime down its "the binary is given" path. Never compiled: only its length counts.
const WASM_BINARY_STUB = new Uint8Array(1);

const SESSION_OPTIONS: ort.InferenceSession.SessionOptions = {
  executionProviders: ["wasm"],
  graphOptimizationLevel: "all",
  // The arena keeps every freed tensor for reuse; a Worker has 128 MB and runs one image at a time.
  enableCpuMemArena: true,
};

let starting: Promise<Runtime> | undefined;

/**
 * Starts ONNX Runtime once per isolate.
 *
 * @param wasm - the compiled `ort-wasm-simd-threaded.wasm`
 * @throws Error if the runtime did not take the given module: it would then try to compile at
 *   run time, which workerd forbids, so this fails loudly. The runtime cannot be started a second
 *   time in the same isolate, so the failure is kept.
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
    // The runtime starts with its first session. An empty graph is refused, but only after that,
    // so that a damaged model can never be the reason why the runtime itself did not start.
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

/** Answers the runtime's `WebAssembly.instantiate` with `wasm` while `initialise` runs. */
async function captureMemory(
  wasm: WebAssembly.Module,
  initialise: () => Promise<void>,
): Promise<WebAssembly.Memory> {
  const { instantiate } = WebAssembly;
  let memory: WebAssembly.Memory | undefined;
  const answer = async (source: unknown, imports: WebAssembly.Imports) => {
    // Another module (an image codec, say) may be instantiated meanwhile: that is not ours.
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
      "ONNX Runtime did not instantiate the bundled WebAssembly module; this version of onnxruntime-web starts differently, and src/inference/engines/onnxruntime.ts must follow it.",
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
