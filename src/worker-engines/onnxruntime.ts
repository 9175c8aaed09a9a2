import type { Runtime } from "../inference/runtime.ts";

/** Starts ONNX Runtime. Its code is imported now: an isolate pays for the engines that it uses. */
export async function startOnnxRuntimeInWorker(): Promise<Runtime> {
  const [{ startOnnxRuntime }, { default: wasm }] = await Promise.all([
    import("../inference/engines/onnxruntime/start-onnxruntime.ts"),
    import("onnxruntime-web/ort-wasm-simd-threaded.wasm"),
  ]);
  return startOnnxRuntime(wasm);
}
