import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { currentUnlock, profileMissing, withProfile } from "../home.ts";
import { newPassphrase } from "../passphrase.ts";
import type { Unlock } from "../world.ts";

/** `pli receipts [on|off]`: whether others learn what this person has read. */
export function receipts(context: Context, { on }: { on: boolean | undefined }): Promise<ExitCode> {
  return withProfile(context, async (api) => {
    if (on !== undefined) await api.changeSettings({ readReceipts: on });
    const { readReceipts } = await api.read("settings", {});
    context.emit({ event: "receipts", on: readReceipts });
    context.say(context.words.settings.receipts[readReceipts ? "on" : "off"]);
    return EXIT.done;
  });
}

export interface PassphraseCommand {
  /** A key file in the place of a passphrase. */
  none: boolean;
  /** The file the new one is in; without one it is asked for. */
  file: string | undefined;
}

/**
 * `pli passphrase [--none]`: gives the profile's folder a passphrase, another one, or a key file in
 * its place.
 */
export async function passphrase(context: Context, command: PassphraseCommand): Promise<ExitCode> {
  const { world, home, words } = context;
  if ((await world.homeStatus(home)) === "absent") throw profileMissing(context);
  const from = await currentUnlock(context);
  const to: Unlock = command.none ? { keyFile: true } : { passphrase: await newPassphrase(context, command.file) };
  await world.changeUnlock({ home, from, to });
  const keyed = command.none ? "keyfile" : "passphrase";
  context.emit({ event: "protection", keyed });
  context.say(words.settings.protection[keyed]);
  return EXIT.done;
}
