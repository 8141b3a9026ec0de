/** A second passphrase, for a day on which somebody forces the first out of you. */
import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { Failure } from "../failure.ts";
import { currentUnlock, profileMissing } from "../home.ts";
import { extra } from "../line/errors.ts";
import { newPassphrase } from "../passphrase.ts";
import type { Command } from "./command.ts";

interface Asked {
  /** What the fresh profile is called. Without one, it is asked for. */
  displayName: string | undefined;
  /** The file with the duress passphrase. Without one, it is asked for. */
  file: string | undefined;
  isRemoved: boolean;
}

/** Sets the duress passphrase of the profile, or removes it. Nothing says whether there is one. */
export const duress: Command<"duress", Asked> = {
  name: "duress",
  options: { name: { type: "string" }, "new-passphrase-file": { type: "string" }, none: { type: "boolean" } },
  read: (words, { options, flags }) =>
    extra(words, 0) ?? {
      displayName: options.get("name"),
      file: options.get("new-passphrase-file"),
      isRemoved: flags.has("none"),
    },
  run: change,
};

async function change(context: Context, asked: Asked): Promise<ExitCode> {
  const { world, home, words } = context;
  if ((await world.homeStatus(home)) === "absent") throw profileMissing(context);
  const unlock = await currentUnlock(context);
  if (!("passphrase" in unlock)) throw new Failure("lock_missing");
  const chosen = asked.isRemoved ? undefined : await choose(context, asked);
  await world.setDuress({ home, ...unlock, ...(chosen && { duress: chosen }) });
  const is = asked.isRemoved ? "removed" : "set";
  context.emit({ event: "duress", is });
  context.say(words.duress[is]);
  return EXIT.done;
}

async function choose(context: Context, { displayName, file }: Asked): Promise<{ name: string; passphrase: string }> {
  const { world, words, note } = context;
  note(words.duress.what);
  const typed = displayName ?? (world.stdin.isTerminal ? await world.stdin.line(words.duress.name) : undefined);
  const name = (typed ?? "").normalize("NFC").trim();
  if (name === "") throw new Failure("name_empty");
  return { name, passphrase: await newPassphrase(context, file) };
}
