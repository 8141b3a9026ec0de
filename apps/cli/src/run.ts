import { failureSentence } from "./words/failures.ts";
import { parseCommandLine, type Command, type CommandName } from "./arguments.ts";
import { chat } from "./chat/run.ts";
import { contact } from "./commands/contact.ts";
import { contacts } from "./commands/contacts.ts";
import { conversation } from "./commands/conversation.ts";
import { doctor } from "./commands/doctor.ts";
import { group } from "./commands/group.ts";
import { init } from "./commands/init.ts";
import { invitations } from "./commands/invitations.ts";
import { listen } from "./commands/listen.ts";
import { messages } from "./commands/messages.ts";
import { accept, invite } from "./commands/pair.ts";
import { search } from "./commands/search.ts";
import { send } from "./commands/send.ts";
import { passphrase, receipts } from "./commands/settings.ts";
import { createContext, type Context } from "./context.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { failureFrom, type Failure } from "./failure.ts";
import { jsonLine, oneLine } from "./text/safe.ts";
import type { UsageError } from "./usage.ts";
import { helpEn } from "./words/help-en.ts";
import { helpFr } from "./words/help-fr.ts";
import { usageSentence } from "./words/usage.ts";
import type { World } from "./world.ts";

/** One run of `pli`: the command line in, what the process ends with out. Never rejects. */
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

function dispatch(context: Context, command: Command): ExitCode | Promise<ExitCode> {
  switch (command.name) {
    case "help":
      return help(context, command.about);
    case "version":
      return version(context);
    case "init":
      return init(context, command);
    case "invite":
      return invite(context, { base: command.base, name: command.invitationName });
    case "invitations":
      return invitations(context, command);
    case "accept":
      return accept(context, command);
    case "contacts":
      return contacts(context);
    case "send":
      return send(context, command);
    case "listen":
      return listen(context, command);
    case "messages":
      return messages(context, command);
    case "group":
      return group(context, command);
    case "search":
      return search(context, command);
    case "conversation":
      return conversation(context, command);
    case "contact":
      return contact(context, command);
    case "receipts":
      return receipts(context, command);
    case "passphrase":
      return passphrase(context, command);
    case "doctor":
      return doctor(context);
    case "chat":
      return chat(context);
  }
}

function help({ globals, world, emit }: Context, about: CommandName | undefined): ExitCode {
  const text = (globals.language === "fr" ? helpFr : helpEn)[about ?? "all"];
  emit({ event: "help", text });
  if (!globals.json) world.stdout.write(text);
  return EXIT.done;
}

function version({ world, say, emit }: Context): ExitCode {
  emit({ event: "version", ...world.versions });
  say(world.versions.pli);
  return EXIT.done;
}

/** In both forms: a sentence for people beside the output, an object for programs on it. */
function report(context: Context, failure: Failure): ExitCode {
  const { globals, words, style, world, emit } = context;
  const message = failureSentence(globals.language, failure.code);
  emit({
    event: "failed",
    code: failure.code,
    message,
    ...(failure.advice === undefined ? {} : { advice: failure.advice }),
  });
  const internal = failure.code === "internal" && !debugging(world);
  const advice = failure.advice ?? (internal ? words.advice.detail : undefined);
  world.stderr.write(`${style.warning(message)}\n`);
  if (advice !== undefined) world.stderr.write(`${oneLine(advice)}\n`);
  if (debugging(world)) world.stderr.write(`${trace(failure)}\n`);
  return failure.exit;
}

const debugging = ({ env }: World): boolean => (env["PLI_DEBUG"] ?? "") !== "";

function trace(failure: Failure): string {
  const cause = failure.cause instanceof Error ? failure.cause : failure;
  return (cause.stack ?? cause.message).split("\n").map(oneLine).join("\n");
}

function wrongUsage({ globals, words, world }: Context, error: UsageError, argv: readonly string[]): ExitCode {
  const message = usageSentence(words, error);
  if (globals.json) world.stdout.write(`${jsonLine({ event: "failed", code: "request_malformed", message })}\n`);
  const about = argv.find((word) => word in helpEn && word !== "all");
  world.stderr.write(`pli${words.colon} ${message}\n${words.seeHelp(about === undefined ? "" : `${about} `)}\n`);
  return EXIT.usage;
}
