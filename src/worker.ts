/** The entry point of the Worker. */
import { createApp } from "./app.ts";
import type { Env } from "./config.ts";
import { AppError } from "./errors.ts";
import { createErrorMask, errorResponse } from "./http/errors.ts";
import { createLog } from "./log.ts";
import { workerPlatform } from "./worker-platform.ts";

type App = ReturnType<typeof createApp>;

let app: App | undefined;

export default {
  fetch(request, env) {
    app ??= startApp(env);
    return app(request);
  },
} satisfies ExportedHandler<Env>;

/** With invalid settings, every request gets CONFIG_INVALID, because nothing can be served. */
function startApp(env: Env): App {
  try {
    return createApp(env, workerPlatform);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // PROFILE itself may be what is invalid.
    const profile = env.PROFILE === "open" ? "open" : "hardened";
    const shown = createErrorMask(createLog(workerPlatform.log), profile)(error);
    return async () => errorResponse(shown);
  }
}
