import { resolve } from "node:path";
import { copyPlace, createJsonLog, ENGINES, isClusterAddress } from "@pli/store";
import { inWords } from "./backup.ts";
import { clusterSettings } from "./cluster.ts";
import { ConfigError, readConfig } from "./config.ts";
import { takeFlags } from "./take-flags.ts";

/**
 * `pli-server copy --from PLACE --to PLACE [settings]`: copies a store whole, id and positions
 * included, and compares; a place is a folder or the address of a cluster, and a new folder is made
 * with `--engine`. Both must be still: stop the stores first. Broken off, it goes on where it was
 * when it is called again.
 */
export const runCopy = async (flags: readonly string[], environment: NodeJS.ProcessEnv): Promise<string> => {
  const { given, rest } = takeFlags(flags, ["from", "to"]);
  const { from, to } = given;
  if (from === undefined || to === undefined) {
    throw new ConfigError("config_invalid", "copy needs --from PLACE and --to PLACE");
  }
  const config = readConfig(rest, environment);
  const copied = await copyPlace(
    { from: place(from), to: place(to) },
    {
      feeds: config["feeds"] as number,
      engine: ENGINES.find((name) => name === config["engine"]),
      cluster: clusterSettings(config),
      log: createJsonLog("warn", (line) => process.stderr.write(`${line}\n`)),
    },
  );
  return `copied and compared: ${inWords(copied)}`;
};

const place = (text: string): string => (isClusterAddress(text) ? text : resolve(text));
