import { parseCommandLine, type Invocation } from "./arguments.ts";
import { chat } from "./chat/run.ts";
import { COMMANDS, runCommand, type CommandName } from "./commands/index.ts";
import { createContext, inProfile, type Context } from "./context.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { failureFrom, type Failure } from "./failure.ts";
import type { UsageError } from "./line/errors.ts";
import { jsonLine, oneLine } from "./text/safe.ts";
import { failureSentence } from "./words/failures.ts";
import { usageSentence } from "./words/usage.ts";
import type { World } from "./world.ts";

/** Runs `pli` once and gives the exit code of the process. Never rejects. */
export async function run(argv: readonly string[], world: World): Promise<ExitCode> {
  const line = parseCommandLine(argv, world.env);
  const context = createContext(world, line.globals);
  if (!line.ok) return wrongUsage(context, line.error, argv);
  try {
    return await dispatch(context, line.value);
  } catch (thrown) {
    return report(context, failureFrom(thrown));
  }
}

async function dispatch(context: Context, asked: Invocation): Promise<ExitCode> {
  switch (asked.name) {
    case "help":
      return help(context, asked.about);
    case "version":
      return version(context);
    case "chat":
      return chat(await inProfile(context));
    case "profile":
      return runCommand(context, asked);
    default:
      return runCommand(await inProfile(context), asked);
  }
}

function help({ globals, words, world, emit }: Context, about: CommandName | undefined): ExitCode {
  const text = words.help[about ?? "all"];
  emit({ event: "help", text });
  if (!globals.json) world.stdout.write(text);
  return EXIT.done;
}

function version({ world, say, emit }: Context): ExitCode {
  emit({ event: "version", ...world.versions });
  say(world.versions.pli);
  return EXIT.done;
}

/**
 * Prints a failure: a sentence beside the output for people, an object on the output for programs.
 */
function report(context: Context, failure: Failure): ExitCode {
  const { globals, words, style, world, emit } = context;
  const message = failureSentence(globals.language, failure.code);
  const { waitMs } = failure;
  emit({
    event: "failed",
    code: failure.code,
    message,
    ...(waitMs !== undefined && { waitMs: Math.ceil(waitMs) }),
    ...(failure.advice === undefined ? {} : { advice: failure.advice }),
  });
  const isDebugging = (world.env["PLI_DEBUG"] ?? "") !== "";
  const isInternal = failure.code === "internal" && !isDebugging;
  const wait = waitMs === undefined ? undefined : waitAdvice(words, Math.ceil(waitMs / 1000));
  const advice = failure.advice ?? wait ?? (isInternal ? words.advice.detail : undefined);
  world.stderr.write(`${style.warning(message)}\n`);
  if (advice !== undefined) world.stderr.write(`${oneLine(advice)}\n`);
  if (isDebugging) world.stderr.write(`${trace(failure)}\n`);
  return failure.exit;
}

const waitAdvice = ({ advice }: Context["words"], seconds: number): string =>
  seconds < 120 ? advice.inSeconds(seconds) : advice.inMinutes(Math.ceil(seconds / 60));

function trace(failure: Failure): string {
  const cause = failure.cause instanceof Error ? failure.cause : failure;
  return (cause.stack ?? cause.message).split("\n").map(oneLine).join("\n");
}

function wrongUsage({ globals, words, world }: Context, error: UsageError, argv: readonly string[]): ExitCode {
  const message = usageSentence(words, error);
  if (globals.json) world.stdout.write(`${jsonLine({ event: "failed", code: "request_malformed", message })}\n`);
  const about = argv.find((word) => COMMANDS.some(({ name }) => name === word));
  world.stderr.write(`pli${words.colon} ${message}\n${words.seeHelp(about === undefined ? "" : `${about} `)}\n`);
  return EXIT.usage;
}
