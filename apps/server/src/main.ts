/** The process around the store: chooses the command, and turns its errors into exit codes. */
import { fileURLToPath } from "node:url";
import { BackupError, CopyError, ListenError, StorageError } from "@pli/store";
import { runBackup, runRestore } from "./commands/backup.ts";
import { runBench } from "./commands/bench.ts";
import { runCopy } from "./commands/copy.ts";
import { serve } from "./commands/serve.ts";
import { ConfigError } from "./settings/config.ts";
import { helpMarkdown, helpText } from "./settings/help.ts";

/** The web app of this repository, built; as far from here as from the bundle in `dist/`. */
const WEB_APP = fileURLToPath(new URL("../../web/dist", import.meta.url));

type Command = (flags: readonly string[], environment: NodeJS.ProcessEnv) => Promise<string>;

/** Each resolves with what to write to standard output. */
const COMMANDS: Readonly<Record<string, Command>> = {
  backup: runBackup,
  bench: runBench,
  copy: runCopy,
  restore: runRestore,
};

const KNOWN = [StorageError, ListenError, CopyError, BackupError, ConfigError];

/** Writes the error, and returns the exit code. Throws what is a mistake of ours. */
const explain = (error: unknown): number => {
  const known = KNOWN.find((kind) => error instanceof kind);
  if (known === undefined) throw error;
  const { code, message } = error as InstanceType<(typeof KNOWN)[number]>;
  process.stderr.write(`pli-server: ${code}: ${message}\n`);
  return known === ConfigError ? 2 : 1;
};

const main = async (flags: readonly string[]): Promise<void> => {
  if (flags.includes("--help")) return void process.stdout.write(helpText());
  if (flags.includes("--help-markdown")) return void process.stdout.write(`${helpMarkdown()}\n`);
  try {
    const command = COMMANDS[flags[0] ?? ""];
    if (command === undefined) await serve(flags, process.env, WEB_APP);
    else process.stdout.write(`${await command(flags.slice(1), process.env)}\n`);
  } catch (error) {
    process.exitCode = explain(error);
  }
};

await main(process.argv.slice(2));
