import { availableParallelism } from "node:os";
import { join } from "node:path";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { workerBundles } from "./scripts/worker-bundles.ts";
import { announce, readVectorText, vectorsPresent } from "./packages/protocol/test/published-vectors.ts";

const chromium = {
  executablePath:
    process.env["PLI_CHROMIUM_SHELL"] ?? process.env["PLI_CHROMIUM"] ?? "/usr/bin/chromium-headless-shell",
  args: [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
};

/**
 * Tests that start programs or wait by the clock of the machine: each file has a process of its
 * own.
 */
const PROCESSES = [
  "e2e/**/*.test.ts",
  "{apps/server,packages/engine-node}/test/**/*.test.ts",
  "packages/store/test/**/{backup,capacity,clock,copy,faults,full-process,hostile,jetstream-*,kill}.test.ts",
  "packages/store/test/**/{limits,monitoring,restart}.test.ts",
];
/** What the quick tier leaves out of the tests in one process: each takes five seconds or more. */
const THOROUGH = [
  "packages/engine/test/**/{asked,bounds,crash,one-view-*,receipts-attack}.test.ts",
  "packages/engine/test/**/{simulation{,-assaults,-crash,-found},tag-form}.test.ts",
  "packages/testkit/test/laboratory.test.ts",
  "scripts/adding-a-feature.test.ts",
];
/** These begin first, or a run would end with one core idle. */
const LONG = [
  /(asked|bounds|crash|one-view-\w+|pairing|simulation-\w+|tag-form)\.test\.ts$/u,
  /(backup|faults|firefox|groups-cli|invitations-cli|jetstream-store|lost-store|models|one-shot)\.test\.ts$/u,
];

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification): number => Number(LONG.some((name) => name.test(moduleId)));
    return (await super.sort(files)).toSorted((one, other) => isLong(other) - isLong(one));
  }
}

const NOT_IN_NODE = ["**/node_modules/**", "**/dist/**", "**/*.browser.test.{ts,tsx}"];
const ENGINE_WEB_TESTS = join(import.meta.dirname, "packages/engine-web/test");
const WORKERS = {
  "stub-worker": join(ENGINE_WEB_TESTS, "stub-worker.ts"),
  "database-worker": join(ENGINE_WEB_TESTS, "database-worker.ts"),
};
const PATIENCE = { testTimeout: 60_000, hookTimeout: 60_000 };
/** They compute all the time: what takes a second here takes half a minute on a loaded machine. */
const MUCH_PATIENCE = { testTimeout: 600_000, hookTimeout: 600_000 };

export default defineConfig({
  test: {
    maxWorkers: "100%",
    sequence: { sequencer: LongFirst },
    projects: [
      {
        // The files of one process share its modules, and what they keep: SQLite and libsodium are
        // compiled once.
        test: {
          name: "node",
          include: ["{packages,apps,scripts}/**/*.test.ts"],
          exclude: [...NOT_IN_NODE, ...PROCESSES, ...(process.env["PLI_TIER"] === "quick" ? THOROUGH : [])],
          setupFiles: ["./vitest.setup.ts"],
          isolate: false,
          ...MUCH_PATIENCE,
        },
      },
      {
        // They wait more than they compute. A group of its own, because it has other workers.
        test: {
          name: "processes",
          include: PROCESSES,
          exclude: NOT_IN_NODE,
          maxWorkers: availableParallelism() + 1,
          sequence: { groupOrder: 1 },
          ...PATIENCE,
        },
      },
      {
        plugins: [workerBundles(WORKERS)],
        // Else react-aria lays out all items of a list in tests, and asks for `process` to know it.
        define: { "process.env.VIRT_ON": "true" },
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
          testTimeout: 60_000,
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
