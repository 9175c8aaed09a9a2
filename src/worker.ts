/** Entry point of the Worker: wiring only. */
import { waitUntil } from "cloudflare:workers";
import ortWasm from "onnxruntime-web/ort-wasm-simd-threaded.wasm";
import { createApp } from "./app.ts";
import type { Env } from "./config.ts";
import { startRuntime } from "./inference/runtime.ts";

let app: ReturnType<typeof createApp> | undefined;

export default {
  fetch(request, env) {
    app ??= createApp(env, { startRuntime: () => startRuntime(ortWasm), keepAlive: waitUntil });
    return app(request);
  },
} satisfies ExportedHandler<Env>;
