import type { Runtime } from "../inference/runtime.ts";

/** Starts LiteRT. Its code is imported now: an isolate pays for the engines that it uses. */
export async function startLitertInWorker(): Promise<Runtime> {
  const [{ startLitert }, { default: wasm }] = await Promise.all([
    import("../inference/engines/litert/start-litert.ts"),
    import("@litertjs/core/wasm/litert_wasm_internal.wasm"),
  ]);
  return startLitert(wasm);
}
