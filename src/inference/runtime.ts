/**
 * Brings up ONNX Runtime Web inside workerd, where WebAssembly may not be compiled at run time.
 *
 * The runtime normally fetches and compiles its own `.wasm`. Here the build hands over a compiled
 * `WebAssembly.Module`, and the one `WebAssembly.instantiate` call that the runtime makes while it
 * initialises is answered with an instance of that module.
 */
import * as ort from "onnxruntime-web/wasm";

/** The part of ONNX Runtime that the rest of the code uses. */
export type OrtRuntime = {
  readonly ort: typeof ort;
  /** Bytes of WASM linear memory in use by the runtime; it only ever grows. */
  heapBytes(): number;
};

// Handed to the runtime so that it takes the "binary given" path; its content is never compiled.
const WASM_BINARY_STUB = new Uint8Array([0]);

let starting: Promise<OrtRuntime> | undefined;

/**
 * Starts ONNX Runtime once per isolate.
 *
 * @param wasm - the compiled `ort-wasm-simd-threaded.wasm`
 * @throws Error when the runtime did not instantiate the given module: without that hook it would
 *   try to compile at run time, which workerd forbids, so this fails loudly.
 */
export function startRuntime(wasm: WebAssembly.Module): Promise<OrtRuntime> {
  starting ??= start(wasm).catch((error: unknown) => {
    starting = undefined;
    throw error;
  });
  return starting;
}
