/** The process around the store: settings, signals, log lines. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import {
  BackupError,
  CopyError,
  createJsonLog,
  ENGINES,
  isClusterAddress,
  ListenError,
  openClusterStorage,
  startStore,
  StorageError,
  type LogLevel,
  type RunningStore,
  type Storage,
} from "@pli/store";
import { backupSocket, runBackup, runRestore } from "./backup.ts";
import { bannerText } from "./banner.ts";
import { benchCommand } from "./bench/command.ts";
import { clusterSettings } from "./cluster.ts";
import { ConfigError, readConfig, type Config } from "./config.ts";
import { runCopy } from "./copy.ts";
import { helpMarkdown, helpText } from "./help.ts";

const OUR_WEB_APP = fileURLToPath(new URL("../../web/dist", import.meta.url));
const MiB = 1024 * 1024;
const HOUR_MS = 3_600_000;

const start = async (config: Config, banner: boolean): Promise<RunningStore> => {
  const number = (key: string): number => config[key] as number;
  const text = (key: string): string => config[key] as string;
  const log = createJsonLog(banner ? "warn" : (text("logLevel") as LogLevel), (line) => {
    (banner ? process.stderr : process.stdout).write(`${line}\n`);
  });
  const metricsPort = number("metricsPort");
  const storage = await openCluster(config);
  return startStore({
    ...(storage === undefined ? {} : { storage }),
    data: resolve(text("data")),
    engine: ENGINES.find((name) => name === config["engine"]),
    host: text("host"),
    port: number("port"),
    ...(metricsPort === 0 ? {} : { metricsPort }),
    backupSocket: backupSocket(config),
    web: webFolder(config),
    retentionDays: number("retentionDays"),
    feeds: number("feeds"),
    fullFeedBytes: number("fullFeedMib") * MiB,
    minFreeBytes: number("minFreeMib") * MiB,
    clockSettleMs: number("clockSettleHours") * HOUR_MS,
    behindProxy: config["behindProxy"] === true,
    trustedProxies: text("trustedProxies"),
    hosts: text("hosts"),
    securityContact: text("securityContact"),
    limits: limitsFrom(config),
    log,
  });
};

/** The storage of a cluster, if the engine is one. */
const openCluster = async (config: Config): Promise<Storage | undefined> => {
  const address = config["engine"] as string;
  if (!isClusterAddress(address)) return undefined;
  return openClusterStorage({ address, ...clusterSettings(config) }, { feeds: config["feeds"] as number });
};

const webFolder = (config: Config): string => (config["web"] === "" ? OUR_WEB_APP : resolve(config["web"] as string));

const LIMITS = ["connections", "connectionsPerAddress", "putsPerSecond", "putBurst"].concat([
  "putsPerSecondPerAddress",
  "putBurstPerAddress",
  "inFlight",
]);

const limitsFrom = (config: Config): Record<string, number> =>
  Object.fromEntries(LIMITS.map((key) => [key, config[key] as number]));

const wantsBanner = (config: Config): boolean =>
  config["banner"] === "yes" || (config["banner"] === "auto" && process.stdout.isTTY);

/**
 * Stops once; a second signal, not the same one passed on twice by a shell and npm, stops at once.
 */
const stopOnSignals = (store: RunningStore): void => {
  let stoppingSince: number | undefined;
  const stop = (): void => {
    const now = performance.now();
    if (stoppingSince !== undefined && now - stoppingSince > 1000) process.exit(1);
    if (stoppingSince !== undefined) return;
    stoppingSince = now;
    store.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
};

const KNOWN = [StorageError, ListenError, CopyError, BackupError, ConfigError];

const explain = (error: unknown): number => {
  const known = KNOWN.find((kind) => error instanceof kind);
  if (known === undefined) throw error;
  const { code, message } = error as InstanceType<(typeof KNOWN)[number]>;
  process.stderr.write(`pli-server: ${code}: ${message}\n`);
  return known === ConfigError ? 2 : 1;
};

/** What the server does besides serving: each says in one line what it did. */
const COMMANDS: Readonly<Record<string, typeof runCopy>> = { backup: runBackup, copy: runCopy, restore: runRestore };

const main = async (flags: readonly string[]): Promise<void> => {
  if (flags.includes("--help")) return void process.stdout.write(helpText());
  if (flags.includes("--help-markdown")) return void process.stdout.write(`${helpMarkdown()}\n`);
  try {
    if (flags[0] === "bench") return await benchCommand(flags.slice(1));
    const command = COMMANDS[flags[0] ?? ""];
    if (command !== undefined) return void process.stdout.write(`${await command(flags.slice(1), process.env)}\n`);
    const config = readConfig(flags, process.env);
    const banner = wantsBanner(config);
    const store = await start(config, banner);
    stopOnSignals(store);
    const hasWebApp = existsSync(join(webFolder(config), "index.html"));
    if (banner) process.stdout.write(`${bannerText(store.origin, hasWebApp)}\n`);
  } catch (error) {
    process.exitCode = explain(error);
  }
};

await main(process.argv.slice(2));
