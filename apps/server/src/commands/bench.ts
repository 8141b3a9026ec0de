import { ConfigError, readConfig } from "../settings/config.ts";
import { benchMachine, benchText } from "../bench/bench.ts";

const SECONDS = "3";
const MAX_SECONDS = 600;

/**
 * `pli-server bench [--json] [--seconds 3] [--data FOLDER]`: measures this machine, for that many
 * seconds for each figure. With --json, one object a line. Rejects with a ConfigError.
 */
export const runBench = async (flags: readonly string[], environment: NodeJS.ProcessEnv): Promise<string> => {
  const json = flags.includes("--json");
  const at = flags.indexOf("--seconds");
  const seconds = secondsFrom(at === -1 ? SECONDS : flags[at + 1]);
  const others = flags.filter((flag, i) => flag !== "--json" && (at === -1 || (i !== at && i !== at + 1)));
  const lines = await benchMachine(readConfig(others, environment)["data"] as string, seconds);
  return json ? lines.map((line) => JSON.stringify(line)).join("\n") : benchText(lines);
};

const secondsFrom = (text: string | undefined): number => {
  const seconds = Number(text);
  if (seconds > 0 && seconds <= MAX_SECONDS) return seconds;
  throw new ConfigError(
    "config_invalid",
    `--seconds must be a number above 0, to ${MAX_SECONDS}, not ${JSON.stringify(text)}`,
  );
};
