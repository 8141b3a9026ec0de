/**
 * The recovery words: shown until they are confirmed, checked, and typed to get the profile back;
 * and whether messages come back too.
 */
import type { PliApi } from "@pli/engine/api";
import type { Command } from "../commands/command.ts";
import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { Failure } from "../failure.ts";
import { keepStore, withProfile } from "../home.ts";
import { createHome, refuseIfThere, refuseProfile } from "../new-home.ts";
import { part } from "../parting.ts";
import { oneLine } from "../text/safe.ts";
import { extra, missing, unknownCommand } from "../line/errors.ts";
import { switchFrom } from "../line/values.ts";
import { askWords } from "./ask-words.ts";
import { messages } from "./messages.ts";

const ACTIONS = ["show", "check", "messages", "restore"] as const;
type Action = (typeof ACTIONS)[number];

interface Asked {
  action: Action;
  /** Somebody may have the keys of a device: there will be others. */
  stolen: boolean;
  askPassphrase: boolean;
  /** Of `messages`: what is to be from now on. */
  on: boolean | undefined;
}

export const recovery: Command<"recovery", Asked> = {
  name: "recovery",
  subcommands: [{ what: "restore", options: { stolen: { type: "boolean" }, passphrase: { type: "boolean" } } }],
  read: ([word, ...more], { flags }) => {
    const action = ACTIONS.find((one) => one === word);
    if (word === undefined) return missing(ACTIONS.join("|"));
    if (action === undefined) return unknownCommand(`recovery ${word}`);
    const asked = { action, stolen: flags.has("stolen"), askPassphrase: flags.has("passphrase"), on: undefined };
    if (action !== "messages") return extra(more, 0) ?? asked;
    const wanted = switchFrom(more);
    return "on" in wanted ? { ...asked, ...wanted } : wanted;
  },
  run: (context, asked) => {
    if (asked.action === "restore") return restore(context, asked);
    if (asked.action === "messages") return withProfile(context, (api) => messages(context, api, asked.on));
    return withProfile(context, (api) => (asked.action === "show" ? show(context, api) : check(context, api)));
  },
};

/** Into an empty home; the rest comes back while a command runs on it. */
async function restore(context: Context, asked: Asked): Promise<ExitCode> {
  await refuseIfThere(context, asked);
  const { home, store } = await createHome(context, asked);
  const { emit, say, style, words } = context;
  try {
    await refuseProfile(context, home);
    const restored = await askWords(context, (typed) =>
      home.api.restoreRecovery({ words: typed, stolen: asked.stolen }),
    );
    await keepStore(context, store);
    const { profile } = await home.api.read("status", {});
    if (profile === undefined) throw new Failure("internal");
    emit({ event: "restored", id: profile.id, home: context.home, stolen: asked.stolen, ...restored });
    say(style.bold(words.recovery.restored(oneLine(restored.name), restored.contacts, restored.groups)));
    say(words.recovery.coming);
    if (restored.messages > 0) say(words.recovery.messagesCome(restored.messages));
    if (restored.copyProblem !== undefined) say(style.warning(words.recovery.copyUnread));
    if (asked.stolen) say(words.recovery.shutOut);
    await part(context, home.api, {});
    return EXIT.done;
  } finally {
    await home.close();
  }
}

async function show(context: Context, api: PliApi): Promise<ExitCode> {
  const { emit, say, words, globals } = context;
  const shown = await api.recoveryWords({ language: globals.language });
  emit({ event: "recovery", words: shown });
  say(words.recovery.intro);
  for (const [at, word] of shown.entries()) say(`${String(at + 1).padStart(4)}. ${word}`);
  say(words.recovery.keep);
  return EXIT.done;
}

async function check(context: Context, api: PliApi): Promise<ExitCode> {
  await askWords(context, async (typed) => {
    const answer = await api.checkRecovery({ words: typed });
    return answer.right ? undefined : answer;
  });
  context.emit({ event: "recovery_checked" });
  context.say(context.words.recovery.right);
  return EXIT.done;
}
