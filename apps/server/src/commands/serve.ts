/** Runs a store with its web app until a signal stops it. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import {
  createJsonLog,
  ENGINES,
  isClusterAddress,
  openClusterStorage,
  startStore,
  type LogLevel,
  type RunningStore,
  type Storage,
} from "@pli/store";
import { clusterSettings } from "../settings/cluster-settings.ts";
import { readConfig, type Config } from "../settings/config.ts";
import { backupSocket } from "./backup.ts";
import { bannerText } from "./banner.ts";

const MiB = 1024 * 1024;
const HOUR_MS = 3_600_000;

/**
 * `webApp`: the folder that is served when no setting names another. Rejects with a ConfigError, a
 * StorageError or a ListenError when the store cannot start.
 */
export const serve = async (
  flags: readonly string[],
  environment: NodeJS.ProcessEnv,
  webApp: string,
): Promise<void> => {
  const config = readConfig(flags, environment);
  const web = config["web"] === "" ? webApp : resolve(config["web"] as string);
  const banner = wantsBanner(config);
  const store = await start(config, { banner, web });
  stopOnSignals(store);
  const hasWebApp = existsSync(join(web, "index.html"));
  if (banner) process.stdout.write(`${bannerText(store.origin, hasWebApp)}\n`);
};

const start = async (
  config: Config,
  { banner, web }: { readonly banner: boolean; readonly web: string },
): Promise<RunningStore> => {
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
    web,
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

/** The storage of a cluster; undefined when the engine keeps a folder. */
const openCluster = async (config: Config): Promise<Storage | undefined> => {
  const address = config["engine"] as string;
  if (!isClusterAddress(address)) return undefined;
  return openClusterStorage({ address, ...clusterSettings(config) }, { feeds: config["feeds"] as number });
};

const LIMITS = [
  "connections",
  "connectionsPerAddress",
  "putsPerSecond",
  "putBurst",
  "putsPerSecondPerAddress",
  "putBurstPerAddress",
  "inFlight",
];

const limitsFrom = (config: Config): Record<string, number> =>
  Object.fromEntries(LIMITS.map((key) => [key, config[key] as number]));

const wantsBanner = (config: Config): boolean =>
  config["banner"] === "yes" || (config["banner"] === "auto" && process.stdout.isTTY);

/** A shell and npm may both pass on one signal, so it counts once in this time. */
const SAME_SIGNAL_MS = 1000;

/** The first signal stops the store, and a second one ends the process at once. */
const stopOnSignals = (store: RunningStore): void => {
  let stoppingSince: number | undefined;
  const stop = (): void => {
    const now = performance.now();
    if (stoppingSince !== undefined && now - stoppingSince > SAME_SIGNAL_MS) process.exit(1);
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
