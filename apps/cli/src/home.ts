/** Opens the home of a profile for a command. */
import type { PliApi, StatusView } from "@pli/engine/api";
import { storeAddress } from "@pli/engine/probe";
import type { Context } from "./context.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { codeOf, Failure } from "./failure.ts";
import { part, type Parting } from "./parting.ts";
import { withPassphrase } from "./passphrase.ts";
import type { Home, Unlock } from "./world.ts";

export const DEFAULT_STORE = "http://127.0.0.1:7540";

export type Profile = NonNullable<StatusView["profile"]>;

/** What a command works with once the profile is open. */
export interface Deps {
  readonly context: Context;
  readonly api: PliApi;
  readonly me: Profile;
}

/**
 * The store to use: the one that was asked for, else the one the home remembers, else the local
 * one.
 */
export async function storeOf(context: Context): Promise<string> {
  return storeAddress(context.globals.store ?? (await context.world.homeStore(context.home)) ?? DEFAULT_STORE);
}

/**
 * Opens the home of an existing profile, does the work, waits until everything that can leave has
 * left, and closes the home in any case. Ends the work when its engine is lost, because its watches
 * would be silent. `lost` rejects then, for work that has something to put in order.
 */
export async function withProfile(
  context: Context,
  work: (api: PliApi, profile: Profile, lost: Promise<never>) => Promise<ExitCode>,
  parting: Parting = {},
): Promise<ExitCode> {
  const home = await openHome(context);
  const lost = home.lost.catch((thrown: unknown) => {
    throw engineLost(context, thrown);
  });
  try {
    const { profile } = await home.api.read("status", {});
    if (profile === undefined) throw profileMissing(context);
    await offerLock(context, profile);
    const code = await Promise.race([work(home.api, profile, lost), lost]);
    if (code !== EXIT.interrupted) await part(context, home.api, parting);
    return code;
  } finally {
    await home.close();
  }
}

const [HOUR_MS, WEEK_MS] = [3_600_000, 7 * 86_400_000];

/** One line, once, in the first week of a profile that a key file opens; not in the first hour. */
async function offerLock({ world, globals, home, note, words }: Context, { createdAt }: Profile): Promise<void> {
  const age = world.clock.now() - createdAt;
  if (globals.json || !world.stderr.isTerminal || age < HOUR_MS || age > WEEK_MS) return;
  if ((await world.homeStatus(home)) === "keyfile" && (await world.offersLock(home))) note(words.advice.offerLock);
}

const PATIENCE_MS = 3_000;

/**
 * Waits until the store has been read to its end or is known to be out of reach, but for a short
 * while only.
 */
export async function settled({ world }: Context, api: PliApi, patience = PATIENCE_MS): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const stops = [
    world.clock.after(Math.min(patience, PATIENCE_MS), resolve),
    api.watch("status", {}, ({ connection }) => {
      if (connection.state !== "connecting") resolve();
    }),
  ];
  await promise;
  for (const stop of stops) stop();
}

/** How long to read what waits at the stores, where a name means nothing on this device yet. */
const NEWS_MS = 5_000;
const NOT_HERE: ReadonlySet<string> = new Set([
  "contact_unknown",
  "conversation_unknown",
  "member_unknown",
  "question_unknown",
]);

/**
 * Finds what a name means. Where it means nothing, reads what waits at the stores and tries again.
 */
export async function found<T>(api: PliApi, find: () => Promise<T>): Promise<T> {
  try {
    return await find();
  } catch (thrown) {
    if (!NOT_HERE.has(codeOf(thrown))) throw thrown;
    await api.drain({ ms: NEWS_MS });
    return find();
  }
}

/**
 * Opens a home that exists, and asks for its passphrase if it has one. Remembers the store that was
 * asked for once that store has answered, so that a mistyped address is not remembered.
 */
export async function openHome(context: Context): Promise<Home> {
  const home = await openKnownHome(context);
  if (context.globals.store === undefined) return home;
  const store = await storeOf(context);
  const used = (await home.api.read("status", {})).connection.store;
  if (used !== store) context.note(context.words.advice.otherStore(used));
  return remembering(context, home, store);
}

/** Remembers the store beside the data. If that fails, says so and does not throw. */
export async function keepStore({ world, home, note, words }: Context, store: string): Promise<void> {
  await world.rememberStore(home, store).catch(() => note(words.advice.storeNotKept(store)));
}

function remembering(context: Context, home: Home, store: string): Home {
  let saving: Promise<void> | undefined;
  const stop = home.api.watch("status", {}, ({ connection }) => {
    if (connection.state === "online" && connection.store === store) saving ??= keepStore(context, store);
  });
  return {
    api: home.api,
    role: home.role,
    lost: home.lost,
    close: async () => {
      stop();
      await saving;
      await home.close();
    },
  };
}

async function openKnownHome(context: Context): Promise<Home> {
  const { world, home } = context;
  const status = await world.homeStatus(home);
  if (status === "absent") throw profileMissing(context);
  const store = await storeOf(context);
  if (status === "keyfile") return world.openHome({ home, store, unlock: { keyFile: true } });
  return openWithPassphrase(context, store);
}

async function openWithPassphrase(context: Context, store: string): Promise<Home> {
  const { world, home } = context;
  return withPassphrase(context, (passphrase) => world.openHome({ home, store, unlock: { passphrase } }));
}

/** What opens this home now. Tries a passphrase by opening the home with it. */
export async function currentUnlock(context: Context): Promise<Unlock> {
  const { world, home } = context;
  if ((await world.homeStatus(home)) !== "passphrase") return { keyFile: true };
  const store = await storeOf(context);
  return withPassphrase(context, async (passphrase) => {
    await (await world.openHome({ home, store, unlock: { passphrase } })).close();
    return { passphrase };
  });
}

function engineLost(context: Context, cause: unknown): Failure {
  const code = codeOf(cause);
  return new Failure(code === "internal" ? "database_failed" : code, { advice: context.words.advice.lost, cause });
}

export const profileMissing = (context: Context): Failure =>
  new Failure("profile_missing", { advice: context.words.advice.makeProfile });
