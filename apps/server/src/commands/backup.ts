import { join, resolve } from "node:path";
import { backUp, ENGINES, isClusterAddress, restore, type Copied, type Log, type Progress } from "@pli/store";
import { ConfigError, readConfig, type Config } from "../settings/config.ts";
import { takeFlags } from "../settings/take-flags.ts";

const MiB = 1024 * 1024;

/**
 * `pli-server backup --to FOLDER [settings]`: backs up the store that runs on `data`, and compares.
 * On an existing back-up it adds what is new, and it continues one that was interrupted.
 */
export const runBackup = async (flags: readonly string[], environment: NodeJS.ProcessEnv): Promise<string> => {
  const { given, rest } = takeFlags(flags, ["to"]);
  if (given["to"] === undefined) throw new ConfigError("config_invalid", "backup needs --to FOLDER");
  const config = readConfig(rest, environment);
  const socket = backupSocket(config);
  if (socket === undefined)
    throw new ConfigError(
      "config_invalid",
      "backup is for a store with a folder, on a system with sockets in folders: stop the store and use copy",
    );
  const copied = await backUp({ socket, folder: resolve(given["to"]), ...common(config) });
  return `backed up and compared: ${inWords(copied)}`;
};

/**
 * `pli-server restore --from FOLDER [settings]`: restores a back-up to `data`, which must not exist
 * yet, and compares.
 */
export const runRestore = async (flags: readonly string[], environment: NodeJS.ProcessEnv): Promise<string> => {
  const { given, rest } = takeFlags(flags, ["from"]);
  if (given["from"] === undefined) throw new ConfigError("config_invalid", "restore needs --from FOLDER");
  const config = readConfig(rest, environment);
  const restored = await restore({
    folder: resolve(given["from"]),
    data: resolve(config["data"] as string),
    engine: ENGINES.find((name) => name === config["engine"]),
    ...common(config),
  });
  return `restored and compared: ${inWords(restored)}`;
};

const common = (config: Config) => ({
  minFreeBytes: (config["minFreeMib"] as number) * MiB,
  progress: createProgressReport(),
  log: reportDamage,
});

/**
 * The socket at which a store with these settings serves back-ups. Undefined on a cluster, and on a
 * system without such sockets.
 */
export const backupSocket = (config: Config): string | undefined => {
  const path = config["backupSocket"] as string;
  if (process.platform === "win32" || isClusterAddress(config["engine"] as string)) return undefined;
  return path === "" ? join(resolve(config["data"] as string), "backup.sock") : resolve(path);
};

export const inWords = ({ days, cells, blocks, lost }: Copied): string => {
  const all = `${days} days, ${cells} cells, ${blocks} blocks`;
  return lost === 0 ? all : `${all}; ${lost} of the cells were lost before`;
};

/** Writes a line to standard error for each tenth. */
const createProgressReport = (): Progress => {
  let last = "";
  return (step, cells, of) => {
    const line = `${step} ${of === 0 ? 100 : Math.floor((10 * cells) / of) * 10} %`;
    if (line !== last) process.stderr.write(`${line}\n`);
    last = line;
  };
};

const reportDamage: Log = (level, event, fields) => {
  if (level !== "info") process.stderr.write(`${JSON.stringify({ level, event, ...fields })}\n`);
};
