import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ensurePackages } from "../../../../scripts/debian.mjs";
import { ENGINES } from "../../src/index.ts";
import { greet, randomCell, randomLabel } from "../lib/client.ts";
import { testFolder } from "../lib/folder.ts";
import { freePort, startServer } from "../lib/server-process.ts";

const ROOT = join(import.meta.dirname, "../../../..");
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const METRIC = /\b(?:pli|process)_[a-z_]+\b/g;

const namesIn = (text: string): Set<string> => new Set(text.match(METRIC));

/** Every name in the expressions of a dashboard. */
const namesInDashboard = (text: string): Set<string> => {
  const { panels, templating } = JSON.parse(text) as {
    panels: { targets: { expr: string }[] }[];
    templating: { list: { query: string }[] };
  };
  const expressions = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
  return namesIn([...expressions, ...templating.list.map(({ query }) => query)].join("\n"));
};

/**
 * The metrics of a store that has stored something, as text and by name: each with what a histogram
 * makes of it.
 */
const metricsOf = async (engine: string): Promise<{ text: string; names: Set<string>; help: Set<string> }> => {
  const port = await freePort();
  const store = await startServer(testFolder(), "--engine", engine, "--metrics-port", String(port));
  const client = await greet(store.origin);
  await client.ask({ type: "put", label: randomLabel(), cell: randomCell() });
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const help = new Set([...text.matchAll(/^# HELP (\S+)/gm)].map(([, name = ""]) => name));
  const made = [...text.matchAll(/^([a-z_]+)[ {]/gm)].map(([, name = ""]) => name);
  store.child.kill("SIGKILL");
  return { text, names: new Set([...help, ...made]), help };
};

test.each(ENGINES)(
  "every metric that the alerts and the dashboard name is exported by a store of %s",
  async (engine) => {
    const { text, names, help } = await metricsOf(engine);
    const alerts = read("deploy/monitoring/alerts.yml").replaceAll(/#.*/g, "");
    const named = [...namesIn(alerts), ...namesInDashboard(read("deploy/monitoring/dashboard.json"))];
    expect(named.length).toBeGreaterThan(15);
    expect(named.filter((name) => !names.has(name))).toEqual([]);
    const page = read("docs/operations.md");
    expect([...help].filter((name) => !page.includes(`| \`${name}\` |`))).toEqual([]);
    expect(text).toMatch(/^pli_ready 1$/m);
    expect(text).toMatch(/^pli_clock_doubtful 0$/m);
    expect(Number(/^pli_free_bytes (\d+)$/m.exec(text)?.[1])).toBeGreaterThan(0);
  },
);

test("every alert is explained to whoever it wakes", () => {
  const page = read("docs/operations.md");
  const alerts = [...read("deploy/monitoring/alerts.yml").matchAll(/alert: (\w+)/g)].map(([, name = ""]) => name);
  expect(alerts.length).toBeGreaterThan(10);
  expect(alerts.filter((name) => !page.includes(`| ${name} |`))).toEqual([]);
});

test("Prometheus takes the rules and the configuration, and the rules wake for what they should", () => {
  ensurePackages(["prometheus"]);
  const promtool = (...args: string[]) =>
    spawnSync("promtool", args, { cwd: join(ROOT, "deploy/monitoring"), encoding: "utf8" });
  expect(promtool("check", "rules", "alerts.yml")).toMatchObject({
    status: 0,
    stdout: expect.stringContaining("SUCCESS") as unknown,
  });
  expect(promtool("check", "config", "prometheus.yml")).toMatchObject({ status: 0 });
  expect(promtool("test", "rules", "alerts.test.yml")).toMatchObject({ status: 0 });
}, 300_000);
