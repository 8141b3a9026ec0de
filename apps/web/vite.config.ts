import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { ownCryptoOnly } from "./scripts/own-crypto.ts";
import { precache } from "./scripts/precache.ts";

const SERVICE_WORKER = "service-worker";

/**
 * The web app as files that any static server may serve under the strictest
 * Content-Security-Policy: nothing inline, no eval, no data: address, every name but those of
 * `public/`, index.html and the service worker carries its hash.
 */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), precache(`${SERVICE_WORKER}.js`)],
  worker: {
    format: "es",
    plugins: () => [ownCryptoOnly()],
    rolldownOptions: { output: { entryFileNames: "assets/[name]-[hash].js" } },
  },
  build: {
    outDir: "dist",
    target: ["chrome111", "firefox115", "safari16.4"],
    sourcemap: false,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 2048,
    rolldownOptions: {
      input: {
        index: `${import.meta.dirname}/index.html`,
        [SERVICE_WORKER]: `${import.meta.dirname}/src/service-worker.ts`,
      },
      output: {
        entryFileNames: ({ name }) => (name === SERVICE_WORKER ? "[name].js" : "assets/[name]-[hash].js"),
        chunkFileNames: "assets/[name]-[hash].js",
        assetFileNames: "assets/[name]-[hash][extname]",
      },
    },
  },
});
