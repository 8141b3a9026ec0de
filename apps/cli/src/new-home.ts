/** A home that has no profile yet, for the commands that bring one into it. */
import type { Context } from "./context.ts";
import { Failure } from "./failure.ts";
import { storeOf } from "./home.ts";
import { newPassphrase } from "./passphrase.ts";
import type { Home, Unlock } from "./world.ts";

export interface Protection {
  /** Whether to ask for a passphrase that will protect the folder. */
  readonly askPassphrase: boolean;
}

/** Makes a home, or continues an interrupted one, if the protection is the same. */
export async function createHome(context: Context, protection: Protection): Promise<{ home: Home; store: string }> {
  const store = await storeOf(context);
  const unlock = await unlockFrom(context, protection);
  return { home: await context.world.openHome({ home: context.home, store, unlock, create: true }), store };
}

/** Refuses a home that has another protection, and so a profile. */
export async function refuseIfThere(context: Context, protection: Protection): Promise<void> {
  const status = await context.world.homeStatus(context.home);
  if (status === "absent") return;
  const other = (status === "passphrase") !== wantsPassphrase(context, protection);
  if (other) throw profileExists(context);
}

/** Refuses a home that has a profile. */
export async function refuseProfile(context: Context, { api }: Home): Promise<void> {
  if ((await api.read("status", {})).profile !== undefined) throw profileExists(context);
}

export const wantsPassphrase = (context: Context, { askPassphrase }: Protection): boolean =>
  askPassphrase || context.globals.passphraseFile !== undefined;

async function unlockFrom(context: Context, protection: Protection): Promise<Unlock> {
  if (!wantsPassphrase(context, protection)) return { keyFile: true };
  return { passphrase: await newPassphrase(context, context.globals.passphraseFile) };
}

const profileExists = ({ words }: Context): Failure =>
  new Failure("profile_exists", { advice: words.advice.otherHome });
