/**
 * What a run of the tests prints at its end: the time of each phase and the slowest files. Plain
 * JavaScript, for the same reason as run.mjs.
 */
import { relative } from "node:path";

const SLOWEST = 25;

/** Takes the time of each phase, also of one that fails. */
export const createPhases = () => {
  const phases = [];
  const begun = performance.now();
  return {
    /** Runs `work`; resolves and rejects as it does. */
    run: async (name, work) => {
      const start = performance.now();
      try {
        return await work();
      } finally {
        phases.push({ name, ms: performance.now() - start });
      }
    },
    /** Phases may run side by side: `all` is less than their sum then. */
    lines: () => ["Phases, in seconds:", ...phases.map(line), line({ name: "all", ms: performance.now() - begun })],
  };
};

const line = ({ name, ms }) => `${(ms / 1000).toFixed(1).padStart(8)}  ${name}`;

/** The files of a vitest report, with the time that their tests took. */
export const vitestFiles = ({ testResults }, root) =>
  testResults.map(({ name, assertionResults }) => ({
    name: relative(root, name),
    ms: assertionResults.reduce((sum, { duration }) => sum + (duration ?? 0), 0),
  }));

/** How much of a vitest report failed: tests, and files that failed without one that did. */
export const vitestFailures = ({ numFailedTests, testResults }) =>
  numFailedTests +
  testResults.filter(
    ({ status, assertionResults }) => status === "failed" && !assertionResults.some((one) => one.status === "failed"),
  ).length;

/** The files of a playwright report. */
export const playwrightFiles = ({ suites, config }, root) =>
  suites.map((suite) => ({ name: relative(root, `${config.rootDir}/${suite.file}`), ms: timeOf(suite) }));

const timeOf = ({ specs = [], suites = [] }) => {
  const results = specs.flatMap(({ tests }) => tests.flatMap(({ results }) => results));
  return (
    results.reduce((sum, { duration }) => sum + duration, 0) + suites.reduce((sum, suite) => sum + timeOf(suite), 0)
  );
};

export const slowestLines = (files) => [
  `The ${SLOWEST} slowest files, in seconds:`,
  ...files
    .toSorted((one, other) => other.ms - one.ms)
    .slice(0, SLOWEST)
    .map(line),
];
