/**
 * `npm run test:soak [-- --hours N] [--only NAME,…]`: the fault tests with the counts of the soak
 * tier and a fresh seed each time, one after another, until N hours are over (1 by default; the
 * test that runs then ends first). Appends what ran, how often and what failed to docs/soak.md; the
 * output of each test is in test-results/soak. Ends with one line `N passed, N failed`.
 */
import { execFileSync, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { appendFileSync, createWriteStream, globSync, mkdirSync, readFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { dialsFrom, type Dial } from "@pli/testkit/dials";

interface Job {
  readonly name: string;
  /** What is counted, if a dial says how often. */
  readonly dial: Dial;
  /** Arguments of Node; `seed` is a whole number below 2^31. */
  command(seed: number): readonly string[];
}

const root = join(import.meta.dirname, "..");
const RECORD = join(root, "docs/soak.md");
const LOGS = join(root, "test-results/soak");
const HOUR_MS = 3_600_000;
const COUNTS = dialsFrom({ ...process.env, PLI_TIER: "soak" });
const [VITEST, PLAYWRIGHT] = ["node_modules/vitest/vitest.mjs", "node_modules/@playwright/test/cli.js"];

const files = (name: string, dial: Dial, ...paths: readonly string[]): Job => ({
  name,
  dial,
  command: () => [VITEST, "run", "--project", "node", "--project", "processes", "--testTimeout", "3600000", ...paths],
});
const spec = (name: string, dial: Dial, path: string): Job => ({
  name,
  dial,
  command: () => [PLAYWRIGHT, "test", "--reporter", "line", path],
});

function propertyTests(): string[] {
  const tests = globSync("{packages,apps}/*/test/**/*.test.ts", { cwd: root, exclude: ["**/*.browser.test.ts"] });
  return tests.filter((path) => readFileSync(join(root, path), "utf8").includes("propertyRuns("));
}

const JOBS: readonly Job[] = [
  {
    name: "simulated runs",
    dial: "SIMULATED_SEEDS",
    command: (seed) => ["scripts/simulate.ts", "--seeds", String(COUNTS.SIMULATED_SEEDS), "--from", String(seed)],
  },
  files("seeds that failed once, in percent", "FAILED_SEEDS", "packages/engine/test/simulation-found.test.ts"),
  files("properties, in percent", "PROPERTY_RUNS", ...propertyTests()),
  files("kills of a client", "CLIENT_KILLS", "e2e/kill-client.test.ts"),
  files("kills of a store", "STORE_KILLS", "packages/store/test/kill.test.ts"),
  files("duels of two admins", "DUELS", "e2e/duel.test.ts"),
  files("losses of a store", "STORE_LOSSES", "e2e/lost-store.test.ts"),
  files("rounds of cluster faults", "CLUSTER_ROUNDS", "packages/store/test/cluster/faults.test.ts"),
  files("contacts in the models", "MODEL_CONTACTS", "e2e/models.test.ts"),
  spec("kills of a browser", "BROWSER_KILLS", "e2e/kill-browser.spec.ts"),
  spec("messages of a newcomer", "NEWCOMER_MESSAGES", "e2e/newcomers-hour.spec.ts"),
];

interface Outcome {
  turns: number;
  /** How each failure is played again. */
  readonly failures: string[];
}

const { values } = parseArgs({
  options: { hours: { type: "string", default: "1" }, only: { type: "string" } },
});
const jobs = JOBS.filter(({ dial }) => values.only === undefined || values.only.split(",").includes(dial));
const outcomes = new Map<string, Outcome>(jobs.map(({ name }) => [name, { turns: 0, failures: [] }]));
const hours = Number(values.hours);
if (!(hours > 0) || jobs.length === 0) throw new RangeError("--hours takes a number above 0, --only names of dials");

mkdirSync(LOGS, { recursive: true });
const end = Date.now() + hours * HOUR_MS;
const start = new Date().toISOString();
turns: for (;;) {
  for (const job of jobs) {
    if (Date.now() >= end) break turns;
    await play(job);
  }
}
record();
const all = [...outcomes.values()];
const failed = all.reduce((sum, { failures }) => sum + failures.length, 0);
console.log(`${all.reduce((sum, { turns }) => sum + turns, 0) - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** Runs one test once, with a seed that it has not had. */
async function play({ name, dial, command }: Job): Promise<void> {
  const outcome = outcomes.get(name);
  if (outcome === undefined) return;
  outcome.turns += 1;
  const seed = randomInt(2 ** 31);
  const log = join(LOGS, `${dial.toLowerCase()}-${seed}.log`);
  console.log(`${new Date().toISOString()} ${name}: PLI_SEED=${seed}`);
  const env = { ...process.env, PLI_TIER: "soak", PLI_SEED: String(seed) };
  const child = spawn(process.execPath, command(seed), { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  const file = createWriteStream(log);
  for (const stream of [child.stdout, child.stderr]) stream.pipe(file, { end: false });
  // Not until its output ends: a process that a failed test left behind would hold it open.
  const [code] = await once(child, "exit");
  for (const stream of [child.stdout, child.stderr]) stream.unpipe(file);
  file.end();
  if (code === 0) return;
  outcome.failures.push(`PLI_SEED=${seed} (${relative(root, log)})`);
  console.error(`${name} failed: ${outcome.failures.at(-1)}`);
}

/** One line for each test that ran. */
function record(): void {
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: root, encoding: "utf8" }).trim();
  const [cpu] = cpus();
  const machine = `${cpus().length} × ${cpu?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GB`;
  const lines = jobs.flatMap(({ name, dial }) => {
    const { turns = 0, failures = [] } = outcomes.get(name) ?? {};
    if (turns === 0) return [];
    const cells = [start.slice(0, 16), commit, machine, name, `${turns} × ${COUNTS[dial]}`, failures.join("; ") || "0"];
    return [`| ${cells.join(" | ")} |\n`];
  });
  appendFileSync(RECORD, lines.join(""));
}
