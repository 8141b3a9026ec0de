import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { announce, readVectorText, vectorsPresent } from "./packages/protocol/test/published-vectors.ts";

const chromium = {
  executablePath: process.env["PLI_CHROMIUM"] ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
};

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "node",
          include: ["{packages,apps,scripts,e2e}/**/*.test.ts"],
          exclude: ["**/node_modules/**", "**/dist/**", "**/*.browser.test.{ts,tsx}"],
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        // Found before the first test: a dependency found later reloads the page under the tests.
        optimizeDeps: {
          entries: [
            "packages/*/src/**/*.ts",
            "apps/web/src/**/*.tsx",
            "{packages,apps}/*/test/**/*.browser.test.{ts,tsx}",
          ],
          include: ["react/jsx-dev-runtime", "react-dom/client"],
        },
        test: {
          name: "browser",
          include: ["{packages,apps}/**/*.browser.test.{ts,tsx}"],
          exclude: ["**/node_modules/**", "**/dist/**"],
          testTimeout: 30_000,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: chromium }),
            instances: [{ browser: "chromium" }],
            // A page has no disk: crypto-vectors.browser.test.ts asks for the published vectors
            // here.
            commands: {
              vectorsPresent: () => vectorsPresent,
              readVectorText: (_context, path: string) => readVectorText(path),
              announce: (_context, what: string, cases: number) => announce(what, cases),
            },
          },
        },
      },
    ],
  },
});
