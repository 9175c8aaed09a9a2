import { readFile } from "node:fs/promises";
import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "node",
          include: ["test/**/*.test.ts"],
          exclude: ["test/worker/**"],
          testTimeout: 60_000,
        },
      },
      {
        plugins: [
          cloudflareTest({
            wrangler: { configPath: "./wrangler.toml" },
            miniflare: {
              // Tests change aliases.json and expect the next request to see it.
              bindings: { ALIASES_TTL_SECONDS: "0" },
              serviceBindings: {
                /** Gives tests inside workerd the files of the repository and of ../shared. */
                async FILES(request: Request) {
                  const path = new URL(request.url).searchParams.get("path") ?? "";
                  return readFile(new URL(path, import.meta.url)).then(
                    (bytes) => new Response(bytes),
                    () => new Response(null, { status: 404 }),
                  );
                },
              },
            },
          }),
        ],
        test: { name: "workerd", include: ["test/worker/**/*.test.ts"], testTimeout: 60_000 },
      },
    ],
  },
});
