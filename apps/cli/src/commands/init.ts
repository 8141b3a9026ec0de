import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { Failure } from "../failure.ts";
import { keepStore } from "../home.ts";
import { extra } from "../line/errors.ts";
import { createHome, refuseIfThere, refuseProfile, wantsPassphrase } from "../new-home.ts";
import { oneLine } from "../text/safe.ts";
import type { Home } from "../world.ts";
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
  const { home, store } = await createHome(context, asked);
  try {
    return await profileIn(context, home, name, store);
  } finally {
    await home.close();
  }
}

async function nameFrom(context: Context, { displayName }: AskedInit): Promise<string> {
  const { stdin } = context.world;
  const typed = displayName ?? (stdin.isTerminal ? await stdin.line(context.words.ask.name) : undefined);
  const name = (typed ?? "").normalize("NFC").trim();
  if (name === "") throw new Failure("name_empty", { advice: context.words.advice.makeProfile });
  return name;
}

async function profileIn(context: Context, home: Home, name: string, store: string) {
  await refuseProfile(context, home);
  const { api } = home;
  await api.createProfile({ name });
  await keepStore(context, store);
  const { profile } = await api.read("status", {});
  if (profile === undefined) throw new Failure("internal");
  return profile;
}
