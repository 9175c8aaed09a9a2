import preact from "@preact/preset-vite";
import { defineConfig } from "vite";

/** The page; `npm run build:web` writes it to dist/web, which wrangler.toml serves. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [preact()],
  build: {
    outDir: "../dist/web",
    emptyOutDir: true,
    // The policy of web/public/_headers knows no inline scripts or styles.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2023",
  },
  server: { proxy: { "/graphql": "http://localhost:8787" } },
});
