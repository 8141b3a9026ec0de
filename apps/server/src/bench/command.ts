import { ConfigError, readConfig } from "../config.ts";
import { benchMachine, benchText } from "./bench.ts";

const SECONDS = "3";
const MAX_SECONDS = 600;

/**
 * `bench [--json] [--seconds 3] [--data FOLDER]`: measures this machine, so many seconds for each
 * figure; with --json one object a line. Throws ConfigError.
 */
export const benchCommand = async (flags: readonly string[]): Promise<void> => {
  const json = flags.includes("--json");
  const at = flags.indexOf("--seconds");
  const seconds = secondsFrom(at === -1 ? SECONDS : flags[at + 1]);
  const others = flags.filter((flag, i) => flag !== "--json" && (at === -1 || (i !== at && i !== at + 1)));
  const lines = await benchMachine(readConfig(others, process.env)["data"] as string, seconds);
  const text = json ? lines.map((line) => JSON.stringify(line)).join("\n") : benchText(lines);
  process.stdout.write(`${text}\n`);
};

const secondsFrom = (text: string | undefined): number => {
  const seconds = Number(text);
  if (seconds > 0 && seconds <= MAX_SECONDS) return seconds;
  throw new ConfigError(
    "config_invalid",
    `--seconds must be a number above 0, to ${MAX_SECONDS}, not ${JSON.stringify(text)}`,
  );
};
