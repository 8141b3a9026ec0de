/** The profiles of a folder: which there are, one more, another one, none of them. */
import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { Failure } from "../failure.ts";
import { extra, isUsageError, missing, unknownCommand, type UsageError } from "../line/errors.ts";
import type { Typed } from "../line/tokens.ts";
import { oneLine } from "../text/safe.ts";
import type { LocalProfile } from "../world.ts";
import type { Command } from "./command.ts";
import { makeProfile, type AskedInit } from "./init.ts";

type Action =
  | { what: "list" }
  | ({ what: "add"; label: string } & AskedInit)
  | { what: "switch"; profile: string }
  | { what: "rename"; profile: string; label: string }
  | { what: "remove"; profile: string; isSure: boolean };

const ADD = { name: { type: "string" }, passphrase: { type: "boolean" } } as const;
const REMOVE = { yes: { type: "boolean" } } as const;

export const profile: Command<"profile", { action: Action }> = {
  name: "profile",
  subcommands: [
    { what: "list" },
    { what: "add", options: ADD },
    { what: "switch" },
    { what: "rename" },
    { what: "remove", options: REMOVE },
  ],
  read: (words, typed) => {
    const action = readAction(words, typed);
    return isUsageError(action) ? action : { action };
  },
  run: (context, { action }) => perform(context, action),
};

function readAction([what = "list", one, two, ...rest]: readonly string[], typed: Typed): Action | UsageError {
  switch (what) {
    case "list":
      return one === undefined ? { what } : wordExtra(one);
    case "add": {
      if (one === undefined) return missing("LABEL");
      const { options, flags } = typed;
      const init = { displayName: options.get("name"), askPassphrase: flags.has("passphrase") };
      return two === undefined ? { what, label: one, ...init } : wordExtra(two);
    }
    case "switch":
    case "remove":
      if (one === undefined) return missing("PROFILE");
      if (two !== undefined) return wordExtra(two);
      return what === "switch" ? { what, profile: one } : { what, profile: one, isSure: typed.flags.has("yes") };
    case "rename":
      if (one === undefined) return missing("PROFILE");
      return two === undefined ? missing("LABEL") : (extra(rest, 0) ?? { what, profile: one, label: two });
    default:
      return unknownCommand(`profile ${what}`);
  }
}

const wordExtra = (word: string): UsageError => ({ problem: "word_extra", word });

function perform(context: Context, action: Action): Promise<ExitCode> {
  switch (action.what) {
    case "list":
      return list(context);
    case "add":
      return add(context, action);
    case "switch":
      return changed(context, "switched", context.world.profiles.switch(context.root, action.profile));
    case "rename":
      return changed(context, "renamed", context.world.profiles.relabel(context.root, action.profile, action.label));
    case "remove":
      return remove(context, action);
  }
}

const fields = ({ id, label, current, keyed }: LocalProfile) => ({
  profile: id,
  label: label ?? null,
  current,
  keyed,
});

const nameOf = ({ words }: Context, { id, label }: LocalProfile): string =>
  label === undefined ? words.profile.unnamed(id) : oneLine(label);

async function list(context: Context): Promise<ExitCode> {
  const { world, root, words, style, say, emit } = context;
  const all = await world.profiles.list(root);
  for (const one of all) {
    emit({ event: "profile", ...fields(one) });
    const line = `${one.current ? "*" : " "} ${nameOf(context, one)}  ${style.dim(`${one.id}, ${words.profile.keyed[one.keyed]}`)}`;
    say(line);
  }
  if (all.length === 0) say(words.advice.makeProfile);
  return EXIT.done;
}

async function add(context: Context, asked: Extract<Action, { what: "add" }>): Promise<ExitCode> {
  const { world, root, words, say, emit } = context;
  const used = await world.profiles.find(root, undefined);
  const store = context.globals.store ?? (used && (await world.homeStore(used.folder)));
  const { id, folder } = await world.profiles.add(root, asked.label);
  const made = await makeProfile({ ...context, home: folder, globals: { ...context.globals, store } }, asked);
  const added = (await world.profiles.list(root)).find((one) => one.id === id);
  if (added === undefined) throw new Failure("internal");
  emit({ event: "profile", ...fields(added), name: made.name, id: made.id, home: folder });
  say(words.profile.added(nameOf(context, added)));
  if (!added.current) say(words.profile.how(oneLine(asked.label)));
  return EXIT.done;
}

async function changed(
  context: Context,
  how: "switched" | "renamed",
  change: Promise<LocalProfile>,
): Promise<ExitCode> {
  const one = await change;
  context.emit({ event: "profile", ...fields(one) });
  context.say(context.words.profile[how](nameOf(context, one)));
  return EXIT.done;
}

/** Only with `--yes`, or once the person has typed what it is called. */
async function remove(context: Context, asked: Extract<Action, { what: "remove" }>): Promise<ExitCode> {
  const { world, root, words, say, note, emit } = context;
  const meant = await world.profiles.find(root, asked.profile);
  if (meant === undefined) throw new Failure("profile_unknown");
  if (!asked.isSure) {
    const { stdin } = world;
    note(words.profile.removes(nameOf(context, meant)));
    const expected = meant.label ?? meant.id;
    const answer = stdin.isTerminal ? await stdin.line(words.profile.typeToRemove(oneLine(expected))) : undefined;
    if (answer?.normalize("NFC").trim() !== expected) {
      throw new Failure("request_malformed", { advice: words.profile.notRemoved });
    }
  }
  const gone = await world.profiles.remove(root, meant.id);
  emit({ event: "profile_removed", profile: gone.id, label: gone.label ?? null });
  say(words.profile.removed(nameOf(context, gone)));
  say(words.profile.traces);
  return EXIT.done;
}
