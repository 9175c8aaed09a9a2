import { createApp, type Platform } from "./app.ts";
import type { Env } from "./config.ts";
import { AppError } from "./errors.ts";
import { createErrorMask, errorResponse } from "./http/errors.ts";
import { createLog } from "./log.ts";

type App = ReturnType<typeof createApp>;

/** Makes the handlers of the Worker. The application starts with the first request. */
export function createWorker(platform: Platform) {
  let app: App | undefined;
  return {
    fetch(request, env) {
      app ??= startApp(env, platform);
      return app(request);
    },
  } satisfies ExportedHandler<Env>;
}

/** With invalid settings, every request gets CONFIG_INVALID, because nothing can be served. */
function startApp(env: Env, platform: Platform): App {
  try {
    return createApp(env, platform);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // PROFILE itself may be what is invalid.
    const profile = env.PROFILE === "open" ? "open" : "hardened";
    const shown = createErrorMask(createLog(platform.log), profile)(error);
    return async () => errorResponse(shown);
  }
}
