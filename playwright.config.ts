import { availableParallelism } from "node:os";
import { defineConfig } from "@playwright/test";
import { seedOfRun } from "@pli/testkit/dials";

// The same in every process of a run: a test that says its seed in its name is found by its name.
process.env["PLI_SEED"] ??= String(seedOfRun);

/**
 * Real browsers against real store processes, each file with a store of its own: three files at a
 * time on two cores, because they wait more than they compute.
 */
export default defineConfig({
  testDir: "e2e",
  testMatch: "*.spec.ts",
  workers: availableParallelism() + 1,
  fullyParallel: false,
  timeout: 240_000,
  expect: { timeout: 30_000 },
  // What is to be clicked and does not come is said by its name, not by the end of the whole test.
  use: { actionTimeout: 60_000, navigationTimeout: 60_000 },
  outputDir: "test-results/playwright",
  forbidOnly: process.env["CI"] !== undefined,
  retries: 0,
});
