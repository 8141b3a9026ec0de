import { defineConfig } from "@playwright/test";

/** Real browsers against a real store process. One after the other: the machine has two cores, and so have the people. */
export default defineConfig({
  testDir: "e2e",
  testMatch: "*.spec.ts",
  workers: 1,
  fullyParallel: false,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  outputDir: "test-results/playwright",
  forbidOnly: process.env["CI"] !== undefined,
  retries: 0,
});
