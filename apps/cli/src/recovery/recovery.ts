/**
 * The recovery words: shown until they are confirmed, checked, and typed to get the profile back;
 * their copy in a passkey, which only a browser makes; and whether messages come back too.
 */
import type { PasskeyCopyView, PliApi } from "@pli/engine/api";
import type { Command } from "../commands/command.ts";
import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { Failure } from "../failure.ts";
import { keepStore, withProfile } from "../home.ts";
import { createHome, refuseIfThere, refuseProfile } from "../new-home.ts";
import { part } from "../parting.ts";
import { oneLine } from "../text/safe.ts";
import { extra, unknownCommand } from "../line/errors.ts";
import { switchFrom } from "../line/values.ts";
import { askWords } from "./ask-words.ts";
import { messages } from "./messages.ts";

const ACTIONS = ["show", "check", "messages", "restore", "remove-copy"] as const;
/** `status`: no word. */
type Action = (typeof ACTIONS)[number] | "status";

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
    const action: Action | undefined = word === undefined ? "status" : ACTIONS.find((one) => one === word);
    if (action === undefined) return unknownCommand(`recovery ${word}`);
    const asked = { action, stolen: flags.has("stolen"), askPassphrase: flags.has("passphrase"), on: undefined };
    if (action !== "messages") return extra(more, 0) ?? asked;
    const wanted = switchFrom(more);
    return "on" in wanted ? { ...asked, ...wanted } : wanted;
  },
  run: (context, asked) => {
    const { action } = asked;
    if (action === "restore") return restore(context, asked);
    return withProfile(context, (api) =>
      action === "messages" ? messages(context, api, asked.on) : ON_PROFILE[action](context, api),
    );
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

async function status(context: Context, api: PliApi): Promise<ExitCode> {
  const { emit, say, when, words } = context;
  const { isShowable, confirmedAt, backedUpAt, passkey } = await api.read("recovery", {});
  emit({
    event: "recovery_status",
    isShowable,
    ...(confirmedAt !== undefined && { confirmedAt }),
    ...(backedUpAt !== undefined && { backedUpAt }),
    ...(passkey && { passkey }),
  });
  if (isShowable) say(words.recovery.unconfirmed);
  else say(confirmedAt === undefined ? words.recovery.elsewhere : words.recovery.confirmed(when.day(confirmedAt)));
  say(backedUpAt === undefined ? words.recovery.notBackedUp : words.recovery.backedUp(when.moment(backedUpAt)));
  say(copySentence(context, passkey));
  return EXIT.done;
}

function copySentence({ when, words }: Context, copy: PasskeyCopyView | undefined): string {
  if (copy === undefined) return words.recovery.noCopy;
  if (!copy.isKept) return words.recovery.copyRemoved(when.day(copy.until));
  const { madeAt, until } = copy;
  return words.recovery.copyKept(when.day(madeAt), until === undefined ? undefined : when.day(until));
}

async function removeCopy(context: Context, api: PliApi): Promise<ExitCode> {
  await api.removePasskeyCopy();
  const { passkey } = await api.read("recovery", {});
  context.emit({ event: "recovery_copy_removed", ...(passkey?.until !== undefined && { until: passkey.until }) });
  context.say(copySentence(context, passkey));
  await part(context, api, {});
  return EXIT.done;
}

const ON_PROFILE = { check, "remove-copy": removeCopy, show, status } as const;
