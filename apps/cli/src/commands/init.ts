import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { Failure } from "../failure.ts";
import { keepStore, storeOf } from "../home.ts";
import { newPassphrase } from "../passphrase.ts";
import { oneLine } from "../text/safe.ts";
import type { Home, Unlock } from "../world.ts";

export interface InitCommand {
  displayName: string | undefined;
  askPassphrase: boolean;
}

/** Makes a profile; refuses, touching nothing, where there is one already. */
export async function init(context: Context, command: InitCommand): Promise<ExitCode> {
  const { emit, say, words, style } = context;
  const profile = await makeProfile(context, command);
  emit({ event: "profile", name: profile.name, id: profile.id, home: context.home });
  say(style.bold(words.init.done(oneLine(profile.name))));
  say(words.init.where(oneLine(context.home)));
  if (!wantsPassphrase(context, command)) say(words.init.keyFile);
  say(words.init.next);
  return EXIT.done;
}

async function makeProfile(context: Context, command: InitCommand) {
  await refuseIfThere(context, command);
  const name = await nameFrom(context, command);
  const store = await storeOf(context);
  const home = await createHome(context, store, await unlockFrom(context, command));
  try {
    return await profileIn(context, home, name, store);
  } finally {
    await home.close();
  }
}

/** A home whose making was interrupted goes on, under the protection it was begun with. */
async function refuseIfThere(context: Context, command: InitCommand): Promise<void> {
  const status = await context.world.homeStatus(context.home);
  if (status === "absent") return;
  const other = (status === "passphrase") !== wantsPassphrase(context, command);
  const { advice } = context.words;
  if (other) throw new Failure("profile_exists", { advice: advice.otherHome });
}

async function nameFrom(context: Context, command: InitCommand): Promise<string> {
  const { stdin } = context.world;
  const asked = command.displayName ?? (stdin.isTerminal ? await stdin.line(context.words.ask.name) : undefined);
  const name = (asked ?? "").normalize("NFC").trim();
  if (name === "") throw new Failure("name_empty", { advice: context.words.advice.makeProfile });
  return name;
}

const wantsPassphrase = (context: Context, command: InitCommand): boolean =>
  command.askPassphrase || context.globals.passphraseFile !== undefined;

async function unlockFrom(context: Context, command: InitCommand): Promise<Unlock> {
  if (!wantsPassphrase(context, command)) return { keyFile: true };
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
