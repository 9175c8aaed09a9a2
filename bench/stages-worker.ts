/**
 * The Worker of `npm run bench`: the application, with a clock around it. It must run in local workerd: in a
 * deployed Worker, the clock stops during computation.
 */
import { createApp } from "../src/app.ts";
import type { Env } from "../src/config.ts";
import type { Timing } from "../src/schema/generated/resolvers-types.ts";
import { workerPlatform } from "../src/worker-platform.ts";
import type { Sample } from "./stages.ts";

let app: ReturnType<typeof createApp> | undefined;

export default {
  async fetch(request, env) {
    app ??= createApp(env, workerPlatform);
    const start = performance.now();
    const response = await app(request);
    const body = await response.json<{ data: { classify: { timing: Timing } } }>();
    const requestMs = performance.now() - start;
    return Response.json({ ...body.data.classify.timing, requestMs } satisfies Sample);
  },
} satisfies ExportedHandler<Env>;
