/** Profiles that nothing on the disk shows, and the room that they need. */
import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { Failure } from "../failure.ts";
import { currentUnlock, profileMissing } from "../home.ts";
import { extra, isUsageError, missing, unknownCommand, valueWrong, type UsageError } from "../line/errors.ts";
import type { Typed } from "../line/tokens.ts";
import { keptPassphrase, newPassphrase } from "../passphrase.ts";
import type { Command } from "./command.ts";

type Action =
  | { what: "room"; mib: number }
  | { what: "remove"; isSure: boolean }
  | { what: "add"; displayName: string | undefined; file: string | undefined; keep: string | undefined };

const ROOM = { size: { type: "string" }, none: { type: "boolean" }, yes: { type: "boolean" } } as const;
const ADD = {
  name: { type: "string" },
  "new-passphrase-file": { type: "string" },
  "keep-file": { type: "string" },
} as const;
const USUAL_MIB = 64;
const LEAST_MIB = 8;
const MOST_MIB = 65_536;

export const hidden: Command<"hidden", { action: Action }> = {
  name: "hidden",
  subcommands: [
    { what: "room", options: ROOM },
    { what: "add", options: ADD },
  ],
  read: ([what, ...rest], typed) => {
    const action = extra(rest, 0) ?? readAction(what, typed);
    return isUsageError(action) ? action : { action };
  },
  run: perform,
};

function readAction(what: string | undefined, { options, flags }: Typed): Action | UsageError {
  if (what === undefined) return missing("room|add");
  if (what === "add") {
    const [file, keep] = [options.get("new-passphrase-file"), options.get("keep-file")];
    return { what, displayName: options.get("name"), file, keep };
  }
  if (what !== "room") return unknownCommand(`hidden ${what}`);
  if (flags.has("none")) return { what: "remove", isSure: flags.has("yes") };
  const size = options.get("size");
  const mib = size === undefined ? USUAL_MIB : Number(size);
  const isSize = Number.isInteger(mib) && mib >= LEAST_MIB && mib <= MOST_MIB;
  return isSize ? { what, mib } : valueWrong("--size", { what: "number", least: LEAST_MIB, most: MOST_MIB });
}

async function perform(context: Context, { action }: { action: Action }): Promise<ExitCode> {
  const { world, home } = context;
  if ((await world.homeStatus(home)) === "absent") throw profileMissing(context);
  const unlock = await currentUnlock(context);
  if (!("passphrase" in unlock)) throw new Failure("lock_missing");
  const at = { home, ...unlock };
  switch (action.what) {
    case "room":
      await world.setRoom({ ...at, mib: action.mib });
      return done(context, "made");
    case "remove":
      if (!action.isSure) await askWhetherSure(context);
      await world.setRoom(at);
      return done(context, "removed");
    case "add":
      await world.hideProfile({ ...at, ...(await choose(context, action)) });
      return done(context, "added");
  }
}

function done(context: Context, is: "made" | "removed" | "added"): ExitCode {
  context.emit({ event: "hidden", is });
  context.say(context.words.hidden[is]);
  return EXIT.done;
}

async function askWhetherSure({ world, words }: Context): Promise<void> {
  const { stdin } = world;
  const answer = stdin.isTerminal ? await stdin.line(words.hidden.sure) : undefined;
  if (answer?.trim() !== words.hidden.yes) throw new Failure("request_malformed", { advice: words.hidden.notRemoved });
}

/** What is to stay is asked for first: the new profile takes the place of something else. */
async function choose(context: Context, { displayName, file, keep }: Extract<Action, { what: "add" }>) {
  const { world, words, note } = context;
  note(words.hidden.risk);
  const kept = await keptPassphrase(context, keep, words.hidden.keep);
  const typed = displayName ?? (world.stdin.isTerminal ? await world.stdin.line(words.hidden.name) : undefined);
  const name = (typed ?? "").normalize("NFC").trim();
  if (name === "") throw new Failure("name_empty");
  const hidden = { name, passphrase: await newPassphrase(context, file) };
  return { hidden, keep: kept === undefined ? [] : [kept] };
}
