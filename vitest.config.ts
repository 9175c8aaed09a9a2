import { readFile } from "node:fs/promises";
import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import {
  EMBEDDED_ALIASES,
  listEmbeddedModels,
  readEmbeddedVersion,
} from "./tools/embedded-models.ts";

const unlimited = (namespace_id: string) => ({
  namespace_id,
  simple: { limit: 1_000_000_000, period: 60 as const },
});

/** A test that takes longer is considered hung. The limit is high, because a busy machine is much slower. */
const HANGS_AFTER_MS = 300_000;
const timeouts = { testTimeout: HANGS_AFTER_MS, hookTimeout: HANGS_AFTER_MS };

/** The content of the objects of the embedded models by key. */
const embedded = new Map<string, Uint8Array<ArrayBuffer>>();
for (const folder of await listEmbeddedModels()) {
  for (const [key, bytes] of (await readEmbeddedVersion(folder)).objects) embedded.set(key, bytes);
}
embedded.set("aliases.json", new Uint8Array(await readFile(EMBEDDED_ALIASES)));

export default defineConfig({
  test: {
    globalSetup: "./test/support/global-setup.ts",
    // Many test files start a Worker, and some a browser: more of them at a time would not be faster.
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: "node",
          include: ["test/**/*.test.ts"],
          exclude: ["test/worker/**"],
          ...timeouts,
        },
      },
      {
        plugins: [
          cloudflareTest({
            wrangler: { configPath: "./wrangler.toml" },
            miniflare: {
              bindings: {
                EMBEDDED_KEYS: [...embedded.keys()],
                // Tests change aliases.json and expect the next request to see it.
                ALIASES_TTL_SECONDS: "0",
                // Tests of other settings create their own application.
                PROFILE: "open",
                RESULT_CACHE_SECONDS: "0",
                LOG_REQUESTS: "false",
              },
              r2Buckets: ["IMAGES"],
              ratelimits: {
                IP_RATE_LIMITER: unlimited("1"),
                KEY_RATE_LIMITER: unlimited("2"),
                STRICT_RATE_LIMITER: { namespace_id: "3", simple: { limit: 2, period: 60 } },
              },
              serviceBindings: {
                /**
                 * Lets tests in workerd read the files of the repository and of ../shared by their paths, and the
                 * objects of the embedded models by their keys.
                 */
                async FILES(request: Request) {
                  const path = new URL(request.url).searchParams.get("path") ?? "";
                  const object = embedded.get(path);
                  if (object) return new Response(object);
                  return readFile(new URL(path, import.meta.url)).then(
                    (bytes) => new Response(bytes),
                    () => new Response(null, { status: 404 }),
                  );
                },
              },
            },
          }),
        ],
        test: { name: "workerd", include: ["test/worker/**/*.test.ts"], ...timeouts },
      },
    ],
  },
});
