import type { PliApi } from "@pli/engine/api";
import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { Failure } from "../failure.ts";
import { keepStore } from "../home.ts";
import { extra } from "../line/errors.ts";
import { createHome, refuseIfThere, refuseProfile, wantsPassphrase } from "../new-home.ts";
import { oneLine } from "../text/safe.ts";
import { deviceFace } from "../pairing/device-face.ts";
import { followHistory } from "../pairing/history.ts";
import { runPairing } from "../pairing/run.ts";
import type { Home } from "../world.ts";
import type { Command } from "./command.ts";
import { emitComing, emitLinked } from "./device.ts";

export interface AskedInit {
  displayName: string | undefined;
  askPassphrase: boolean;
}

interface Asked extends AskedInit {
  /** This becomes one of the person's devices, from another of them. */
  isLinked: boolean;
}

/**
 * Makes a profile, or makes this a device of one. Where there is one already, refuses and changes
 * nothing.
 */
export const init: Command<"init", Asked> = {
  name: "init",
  options: { name: { type: "string" }, passphrase: { type: "boolean" }, link: { type: "boolean" } },
  read: (words, { options, flags }) =>
    extra(words, 0) ?? {
      displayName: options.get("name"),
      askPassphrase: flags.has("passphrase"),
      isLinked: flags.has("link"),
    },
  run: (context, asked) => (asked.isLinked ? link(context, asked) : initialise(context, asked)),
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

/** Under which name a device shows itself that was given none. */
const DEVICE = "Pli";
/** How long the command stays for the conversations that the other device brings. */
const BROUGHT_MS = 30_000;

async function link(context: Context, asked: AskedInit): Promise<ExitCode> {
  const { emit, say, style, words, world } = context;
  await refuseIfThere(context, asked);
  const { home, store } = await createHome(context, asked);
  try {
    const { api } = home;
    await keepStore(context, store);
    const { pairing } = await api.linkThisDevice({ name: asked.displayName ?? DEVICE });
    const { device, until } = await runPairing(api, pairing, deviceFace(context), world.onInterrupt);
    if (until !== undefined && until > world.clock.now()) {
      emitComing(context, { id: undefined, until });
      say(`\n${style.warning(words.devices.comesLater(context.when.moment(until)))}`);
      return EXIT.done;
    }
    const { profile } = await api.read("status", {});
    if (profile === undefined) throw new Failure("internal");
    emitLinked(context, device);
    say(`\n${style.bold(words.devices.linkedNew(oneLine(profile.name)))}`);
    say(words.init.where(oneLine(context.home)));
    say(words.devices.nextNew);
    await Promise.race([whenBroughtIn(api), new Promise<void>((resolve) => world.clock.after(BROUGHT_MS, resolve))]);
    await followHistory(context, api);
    await api.drain({ ms: BROUGHT_MS });
    emit({ event: "profile", name: profile.name, id: profile.id, home: context.home });
    return EXIT.done;
  } finally {
    await home.close();
  }
}

/** Resolves once this device is in every conversation that it knows of. */
function whenBroughtIn(api: PliApi): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = api.watch("conversations", {}, (all) => {
    if (all.every(({ state }) => state !== "joining")) resolve();
  });
  return promise.finally(stop);
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
