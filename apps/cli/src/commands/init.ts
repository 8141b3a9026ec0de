import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { Failure } from "../failure.ts";
import { keepStore, storeOf } from "../home.ts";
import { extra } from "../line/errors.ts";
import { newPassphrase } from "../passphrase.ts";
import { oneLine } from "../text/safe.ts";
import type { Home, Unlock } from "../world.ts";
import type { Command } from "./command.ts";

export interface AskedInit {
  displayName: string | undefined;
  askPassphrase: boolean;
}

/** Makes a profile. Where there is one already, refuses and changes nothing. */
export const init: Command<"init", AskedInit> = {
  name: "init",
  options: { name: { type: "string" }, passphrase: { type: "boolean" } },
  read: (words, { options, flags }) =>
    extra(words, 0) ?? { displayName: options.get("name"), askPassphrase: flags.has("passphrase") },
  run: initialise,
};

async function initialise(context: Context, asked: AskedInit): Promise<ExitCode> {
  const { emit, say, words, style } = context;
  const profile = await makeProfile(context, asked);
  emit({ event: "profile", name: profile.name, id: profile.id, home: context.home });
  say(style.bold(words.init.done(oneLine(profile.name))));
  say(words.init.where(oneLine(context.home)));
  if (!wantsPassphrase(context, asked)) say(words.init.keyFile);
  say(words.init.next);
  return EXIT.done;
}

/** Makes a profile in the folder of the context, and says so. */
export async function makeProfile(context: Context, asked: AskedInit) {
  await refuseIfThere(context, asked);
  const name = await nameFrom(context, asked);
  const store = await storeOf(context);
  const home = await createHome(context, store, await unlockFrom(context, asked));
  try {
    return await profileIn(context, home, name, store);
  } finally {
    await home.close();
  }
}

/** Continues an interrupted `init`, if the protection is the same. */
async function refuseIfThere(context: Context, asked: AskedInit): Promise<void> {
  const status = await context.world.homeStatus(context.home);
  if (status === "absent") return;
  const other = (status === "passphrase") !== wantsPassphrase(context, asked);
  const { advice } = context.words;
  if (other) throw new Failure("profile_exists", { advice: advice.otherHome });
}

async function nameFrom(context: Context, { displayName }: AskedInit): Promise<string> {
  const { stdin } = context.world;
  const typed = displayName ?? (stdin.isTerminal ? await stdin.line(context.words.ask.name) : undefined);
  const name = (typed ?? "").normalize("NFC").trim();
  if (name === "") throw new Failure("name_empty", { advice: context.words.advice.makeProfile });
  return name;
}

export const wantsPassphrase = (context: Context, asked: AskedInit): boolean =>
  asked.askPassphrase || context.globals.passphraseFile !== undefined;

async function unlockFrom(context: Context, asked: AskedInit): Promise<Unlock> {
  if (!wantsPassphrase(context, asked)) return { keyFile: true };
  return { passphrase: await newPassphrase(context, context.globals.passphraseFile) };
}

function createHome(context: Context, store: string, unlock: Unlock): Promise<Home> {
  return context.world.openHome({ home: context.home, store, unlock, create: true });
}

async function profileIn(context: Context, { api }: Home, name: string, store: string) {
  const before = await api.read("status", {});
  if (before.profile !== undefined) throw new Failure("profile_exists", { advice: context.words.advice.otherHome });
  await api.createProfile({ name });
  await keepStore(context, store);
  const { profile } = await api.read("status", {});
  if (profile === undefined) throw new Failure("internal");
  return profile;
}
