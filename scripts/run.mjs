/**
 * `node scripts/run.mjs start|test|verify|quick|soak|build|programs|cluster [arguments]`: plain
 * JavaScript for the machine's own Node (20 or later) with nothing installed. It installs what
 * package-lock.json names, then runs everything else with the Node that npm brought.
 */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { constants, setPriority } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isFresh } from "./bundled.mjs";
import { ensurePackages, ensureTestPrograms } from "./debian.mjs";
import { createPhases, playwrightFiles, slowestLines, vitestFailures, vitestFiles } from "./gate-report.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, "node_modules");
const windows = process.platform === "win32";

/** A tenth of a core that another program wants too. */
const ASIDE_PRIORITY = 10;

/** A failure that is explained in one sentence, not by a stack. */
class Stop extends Error {}

const explain = (error) => (error instanceof Stop ? error.message : error);

const read = (path) => (existsSync(path) ? readFileSync(path, "utf8") : undefined);

/**
 * Runs a program to its end with its output shown. Signals go on to it; resolves with its exit
 * code. `aside`: it gives way to other programs, and its output is shown when it has ended.
 */
const run = (program, args, { aside = false, ...options } = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: root,
      stdio: aside ? ["inherit", "pipe", "pipe"] : "inherit",
      ...options,
      env: { ...environment(), ...options.env },
    });
    const output = [];
    if (aside) {
      setPriority(child.pid, ASIDE_PRIORITY);
      for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => output.push(data));
    }
    const forward = (signal) => child.kill(signal);
    const signals = ["SIGTERM", "SIGINT", "SIGHUP"];
    for (const signal of signals) process.on(signal, forward);
    const orphaned = watchShell(() => child.kill("SIGTERM"));
    child.on("error", reject);
    child.on(aside ? "close" : "exit", (code, signal) => {
      process.stdout.write(Buffer.concat(output));
      clearInterval(orphaned);
      for (const name of signals) process.off(name, forward);
      resolve(code ?? 128 + (constants.signals[signal] ?? 0));
    });
  });

/**
 * npm gives a signal to the shell between it and us, and the shell dies of it without a word: then
 * `gone` is called.
 */
const watchShell = (gone) => {
  const shell = process.ppid;
  const look = () => {
    if (process.env.npm_lifecycle_event !== undefined && process.ppid !== shell) gone();
  };
  return setInterval(look, 100);
};

/**
 * The Node that runs a program keeps the JavaScript it made of the TypeScript, and its bytecode,
 * where only the owner of the clone writes: hundreds of short processes start from it.
 */
const environment = () => ({
  NODE_COMPILE_CACHE: join(modules, ".cache", "node"),
  ...process.env,
  PATH: [join(modules, ".bin"), process.env.PATH].join(delimiter),
});

// --- Installing -----------------------------------------------------------------------------------------------------------------

const stampFile = join(modules, ".pli-lock");

const install = () => {
  const lock = read(join(root, "package-lock.json"));
  if (lock === undefined) throw new Stop("package-lock.json is missing: this is not a whole clone.");
  const stamp = createHash("sha256").update(`${lock}${process.platform}${process.arch}`).digest("hex");
  if (read(stampFile) === stamp) return;
  if (!matchesInstalled(lock)) installAnew();
  writeFileSync(stampFile, stamp);
};

/**
 * Whether npm's own record of what is installed names every package of the lock, at its version.
 */
const matchesInstalled = (lock) => {
  const record = read(join(modules, ".package-lock.json"));
  if (record === undefined || nodePath() === undefined) return false;
  const installed = JSON.parse(record).packages;
  return Object.entries(JSON.parse(lock).packages).every(
    ([path, { version, link, optional }]) =>
      path === "" ||
      !path.includes("node_modules") ||
      link ||
      (optional && !installed[path]) ||
      installed[path]?.version === version,
  );
};

const npm = (...args) => {
  const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
  const result = spawnSync("npm", [...args, ...quiet], {
    cwd: root,
    encoding: "utf8",
    shell: windows,
    maxBuffer: 1 << 26,
  });
  return { done: result.status === 0, output: `${result.error ?? ""}\n${result.stdout}\n${result.stderr}` };
};

/**
 * A registry without the binaries of other platforms makes npm write a lock without them, and `npm
 * ci` then refuses that lock. `npm install --no-save` takes the same versions from it, and changes
 * nothing.
 */
const installAnew = () => {
  console.log("Installing what package-lock.json names (once)…");
  let result = npm("ci");
  if (!result.done && /EUSAGE/.test(result.output)) result = npm("install", "--no-save");
  if (!result.done) throw new Stop(whyInstallFailed(result.output));
};

const whyInstallFailed = (output) => {
  const tail = output.trim().split("\n").slice(-12).join("\n");
  if (/ENOSPC/.test(output)) return `The packages could not be installed: the disk is full.\n${tail}`;
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|network/i.test(output)) {
    return `The packages could not be installed: the npm registry cannot be reached. Is there a network?\n${tail}`;
  }
  return `The packages could not be installed by "npm ci".\n${tail}`;
};

/** The Node that npm brought. */
const nodePath = () => {
  const path = join(
    modules,
    `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`,
    "bin",
    windows ? "node.exe" : "node",
  );
  return existsSync(path) ? path : undefined;
};

const node = (script, args, { flags = [], ...options } = {}) => {
  const program = nodePath() ?? (Number(process.versions.node.split(".")[0]) >= 24 ? process.execPath : undefined);
  if (program === undefined)
    throw new Stop(`There is no Node 24 for ${process.platform} ${process.arch}: install it and start with it.`);
  return run(program, [...flags, script, ...args], options);
};

// --- Building ------------------------------------------------------------------------------------------------------------------

const webFolder = join(root, "apps/web");
const webStamp = join(modules, ".pli-web");
const WEB_INPUTS = [
  "apps/web",
  ...["engine", "engine-web", "database", "protocol"].map((name) => `packages/${name}`),
  "package-lock.json",
];
const NOT_INPUTS = new Set(["node_modules", "dist", "test"]);

const filesIn = (path) => {
  const entries = readdirSync(path, { withFileTypes: true }).filter(({ name }) => !NOT_INPUTS.has(name));
  return entries.flatMap((entry) => (entry.isDirectory() ? filesIn(join(path, entry.name)) : [join(path, entry.name)]));
};

const webInputsHash = () => {
  const hash = createHash("sha256");
  for (const input of WEB_INPUTS) {
    const path = join(root, input);
    for (const file of path.endsWith(".json") ? [path] : filesIn(path).toSorted()) {
      hash.update(`${file.slice(root.length)}\0`).update(createHash("sha256").update(readFileSync(file)).digest());
    }
  }
  return hash.digest("hex");
};

const buildWeb = async ({ always }) => {
  const inputs = webInputsHash();
  if (!always && existsSync(join(webFolder, "dist/index.html")) && read(webStamp) === inputs) return;
  console.log("Building the web app…");
  const code = await node(join(modules, "vite/bin/vite.js"), ["build", "--logLevel", "warn"], { cwd: webFolder });
  if (code !== 0) throw new Stop("The web app could not be built.");
  writeFileSync(webStamp, inputs);
};

/** The terminal and the server as bundles, which start in half the time. */
const buildPrograms = async ({ always }) => {
  const stale = ["cli", "server"].filter((app) => always || !isFresh(app));
  if (stale.length === 0) return;
  const code = await node(join(root, "scripts/bundle.ts"), stale);
  if (code !== 0) throw new Stop("The terminal and the server could not be built.");
};

const buildAll = async (how) => {
  await buildWeb(how);
  await buildPrograms(how);
};

// --- Testing --------------------------------------------------------------------------------------------------------------------

/** The browsers of the tests: Debian's, or those that the variables name. */
const BROWSERS = [
  { variables: ["PLI_CHROMIUM"], path: "/usr/bin/chromium", name: "chromium" },
  {
    variables: ["PLI_CHROMIUM_SHELL", "PLI_CHROMIUM"],
    path: "/usr/bin/chromium-headless-shell",
    name: "chromium-headless-shell",
  },
  { variables: ["PLI_FIREFOX"], path: "/usr/bin/firefox-esr", name: "firefox-esr" },
];

const ensureBrowsers = () => {
  const missing = BROWSERS.flatMap(({ variables, path, name }) => {
    const variable = variables.find((one) => process.env[one] !== undefined);
    if (variable === undefined) return existsSync(path) ? [] : [name];
    if (existsSync(process.env[variable])) return [];
    throw new Stop(`${variable} names ${process.env[variable]}, which does not exist.`);
  });
  ensurePackages(missing);
};

/** Runs `ensure`, whose errors are sentences for a person. */
const ensureTools = (ensure) => {
  try {
    ensure();
  } catch (error) {
    throw new Stop(error.message);
  }
};

const reports = join(root, "test-results", "reports");

/** What is counted and measured until now, and printed at the end. */
const total = { passed: 0, failed: 0, files: [] };

/**
 * Runs one test runner, which leaves a JSON report. A runner that leaves none has failed, however
 * it ended.
 */
const runTests = async (name, script, args, count, options) => {
  const code = await node(script, args, options);
  const report = read(join(reports, `${name}.json`));
  const { passed, failed, files } =
    report === undefined ? { passed: 0, failed: 0, files: [] } : count(JSON.parse(report));
  total.passed += passed;
  total.failed += failed;
  total.files.push(...files);
  if (code !== 0 || report === undefined || passed + failed === 0) throw new Stop(`${name} failed.`);
};

const runVitest = (project) => {
  const name = `vitest-${project}`;
  const output = ["--reporter=dot", "--reporter=json", `--outputFile.json=${join(reports, `${name}.json`)}`];
  return runTests(name, join(modules, "vitest/vitest.mjs"), ["run", "--project", project, ...output], (report) => ({
    passed: report.numPassedTests,
    failed: vitestFailures(report),
    files: vitestFiles(report, root),
  }));
};

const runPlaywright = () =>
  runTests(
    "playwright",
    join(modules, "@playwright/test/cli.js"),
    ["test", "--reporter=line,json"],
    (report) => ({
      passed: report.stats.expected + report.stats.flaky,
      failed: report.stats.unexpected,
      files: playwrightFiles(report, root),
    }),
    {
      env: {
        PLAYWRIGHT_JSON_OUTPUT_FILE: join(reports, "playwright.json"),
        PLAYWRIGHT_JSON_OUTPUT_NAME: join(reports, "playwright.json"),
      },
    },
  );

const phases = createPhases();

const runCheck = async () => {
  const code = await run("npm", ["run", "--silent", "check"], { shell: windows });
  if (code !== 0) throw new Stop("npm run check found something.");
};

/**
 * Runs `tests`. Whatever happens, the time of each phase and the slowest files are printed, and
 * last the line `N passed, N failed`.
 */
const report = async (tests) => {
  rmSync(reports, { recursive: true, force: true });
  mkdirSync(reports, { recursive: true });
  try {
    await tests();
  } catch (error) {
    console.error(explain(error));
    process.exitCode = 1;
  } finally {
    for (const line of [...slowestLines(total.files), "", ...phases.lines()]) console.log(line);
    console.log(`${total.passed} passed, ${total.failed} failed`);
  }
};

/**
 * One kind of tests after the other: each has as many workers as keep the cores busy, and beside
 * another one all of them run into their limits of time.
 */
const testAll = async () => {
  const failures = [
    ...(await settled(phases.run("vitest, in one process", () => runVitest("node")))),
    ...(await settled(phases.run("vitest, browser", () => runVitest("browser")))),
    ...(await settled(phases.run("vitest, processes", () => runVitest("processes")))),
    ...(await settled(phases.run("playwright", runPlaywright))),
  ];
  if (failures.length > 0) throw new Stop(failures.map(explain).join("\n"));
};

/**
 * What a phase failed with, if it did: the others run all the same, and each failure is printed.
 */
const settled = (phase) =>
  phase.then(
    () => [],
    (error) => [error],
  );

const checkAndBuild = async () => {
  await phases.run("check", runCheck);
  await phases.run("build", () => buildAll({ always: false }));
};

/** The browsers and programs of the tests: apt waits for the network and the disk meanwhile. */
const bringPrograms = async () => {
  const code = await run(process.execPath, [fileURLToPath(import.meta.url), "programs"], { aside: true });
  if (code !== 0) throw new Stop("The programs of the tests are not all here.");
};

// --- Commands -------------------------------------------------------------------------------------------------------------------

/**
 * Left to itself Node keeps up to 100 MB more for short-lived objects, and the store is not faster
 * with it (docs/bench.md).
 */
const SMALL_YOUNG_SPACE = "--max-semi-space-size=16";

const start = async (args) => {
  await buildAll({ always: false });
  const env = { PLI_BANNER: process.env.PLI_BANNER ?? "yes" };
  process.exitCode = await node(join(root, "apps/server/bin/pli-server.mjs"), args, {
    env,
    flags: [SMALL_YOUNG_SPACE],
  });
};

const cluster = async (args) => {
  ensureTools(ensureTestPrograms);
  process.exitCode = await node(join(root, "scripts/cluster.ts"), args);
};

const commands = {
  cluster,
  start,
  build: () => buildAll({ always: true }),
  programs: () => {
    ensureTools(ensureBrowsers);
    if (process.platform === "linux") ensureTools(ensureTestPrograms);
  },
  verify: () =>
    report(async () => {
      await checkAndBuild();
      await testAll();
    }),
  test: () =>
    report(async () => {
      await Promise.all([phases.run("programs", bringPrograms), checkAndBuild()]);
      await testAll();
    }),
  quick: () => {
    process.env.PLI_TIER = "quick";
    return report(() => phases.run("vitest, in one process", () => runVitest("node")));
  },
  soak: async (args) => {
    commands.programs();
    await buildAll({ always: false });
    process.exitCode = await node(join(root, "scripts/soak.ts"), args);
  },
};

const main = async ([name, ...args]) => {
  const command = commands[name];
  if (command === undefined) throw new Stop(`Say one of: ${Object.keys(commands).join(", ")}.`);
  await phases.run("install", install);
  await command(args);
};

main(process.argv.slice(2)).catch((error) => {
  console.error(explain(error));
  process.exitCode = 1;
});
