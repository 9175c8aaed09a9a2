/** The entry point of the Worker. */
import { createApp } from "./app.ts";
import type { Env } from "./config.ts";
import { workerPlatform } from "./worker-platform.ts";

let app: ReturnType<typeof createApp> | undefined;

export default {
  fetch(request, env) {
    app ??= createApp(env, workerPlatform);
    return app(request);
  },
} satisfies ExportedHandler<Env>;
