import { readFile } from "node:fs/promises";
import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      { test: { name: "node", include: ["test/**/*.test.ts"], exclude: ["test/worker/**"] } },
      {
        plugins: [
          cloudflareTest({
            wrangler: { configPath: "./wrangler.toml" },
            miniflare: {
              serviceBindings: {
                /** Gives tests inside workerd the files of the repository and of ../shared. */
                async FILES(request: Request) {
                  const path = decodeURIComponent(new URL(request.url).pathname).slice(1);
                  return readFile(new URL(path, import.meta.url)).then(
                    (bytes) => new Response(bytes),
                    () => new Response(null, { status: 404 }),
                  );
                },
              },
            },
          }),
        ],
        test: { name: "workerd", include: ["test/worker/**/*.test.ts"] },
      },
    ],
  },
});
