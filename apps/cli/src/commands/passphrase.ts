import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { currentUnlock, profileMissing } from "../home.ts";
import { extra } from "../line/errors.ts";
import { newPassphrase } from "../passphrase.ts";
import type { Unlock } from "../world.ts";
import type { Command } from "./command.ts";

interface Asked {
  /** A key file instead of a passphrase. */
  none: boolean;
  /** The file with the new passphrase. Without one, it is asked for. */
  file: string | undefined;
}

/** Gives the profile's folder a passphrase, another passphrase, or a key file instead. */
export const passphrase: Command<"passphrase", Asked> = {
  name: "passphrase",
  options: { none: { type: "boolean" }, "new-passphrase-file": { type: "string" } },
  read: (words, { options, flags }) =>
    extra(words, 0) ?? { none: flags.has("none"), file: options.get("new-passphrase-file") },
  run: change,
};

async function change(context: Context, asked: Asked): Promise<ExitCode> {
  const { world, home, words } = context;
  if ((await world.homeStatus(home)) === "absent") throw profileMissing(context);
  const from = await currentUnlock(context);
  const to: Unlock = asked.none ? { keyFile: true } : { passphrase: await newPassphrase(context, asked.file) };
  await world.changeUnlock({ home, from, to });
  const keyed = asked.none ? "keyfile" : "passphrase";
  context.emit({ event: "protection", keyed });
  context.say(words.settings.protection[keyed]);
  return EXIT.done;
}
