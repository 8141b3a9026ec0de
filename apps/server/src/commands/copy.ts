import { resolve } from "node:path";
import { copyPlace, createJsonLog, ENGINES, isClusterAddress } from "@pli/store";
import { inWords } from "./backup.ts";
import { clusterSettings } from "../settings/cluster-settings.ts";
import { ConfigError, readConfig } from "../settings/config.ts";
import { takeFlags } from "../settings/take-flags.ts";

/**
 * `pli-server copy --from PLACE --to PLACE [settings]`: copies a store whole, with its id and its
 * positions, and compares. A place is a folder or the address of a cluster; a new folder is made
 * with `--engine`. Both stores must be stopped. An interrupted copy continues when it is called
 * again.
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
