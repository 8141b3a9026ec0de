import { resolve } from "node:path";
import { copyPlace, createJsonLog, ENGINES, isClusterAddress } from "@pli/store";
import { clusterSettings } from "./cluster.ts";
import { ConfigError, readConfig } from "./config.ts";

/** `pli-server copy --from PLACE --to PLACE [settings]`: copies a store whole, id and positions included, and compares; a place is a folder or
 * the address of a cluster, and a new folder is made with `--engine`. Both must be still: stop the stores first. Broken off, it goes on where it was when it is called again. */
export const runCopy = async (flags: readonly string[], environment: NodeJS.ProcessEnv): Promise<string> => {
  const { from, to, rest } = placesIn(flags);
  const config = readConfig(rest, environment);
  const { days, cells, blocks } = await copyPlace(
    { from: place(from), to: place(to) },
    {
      feeds: config["feeds"] as number,
      engine: ENGINES.find((name) => name === config["engine"]),
      cluster: clusterSettings(config),
      log: createJsonLog("warn", (line) => process.stderr.write(`${line}\n`)),
    },
  );
  return `copied and compared: ${days} days, ${cells} cells, ${blocks} blocks`;
};

const placesIn = (flags: readonly string[]): { from: string; to: string; rest: readonly string[] } => {
  const given = new Map<string, string>();
  const rest: string[] = [];
  for (let i = 0; i < flags.length; i += 1) {
    const [, name, inline] = /^--(from|to)(?:=(.*))?$/.exec(flags[i] ?? "") ?? [];
    if (name === undefined) rest.push(flags[i] ?? "");
    else given.set(name, inline ?? flags[(i += 1)] ?? "");
  }
  const { from = "", to = "" }: Partial<Record<string, string>> = Object.fromEntries(given);
  if (from === "" || to === "") throw new ConfigError("config_invalid", "copy needs --from PLACE and --to PLACE");
  return { from, to, rest };
};

const place = (text: string): string => (isClusterAddress(text) ? text : resolve(text));
