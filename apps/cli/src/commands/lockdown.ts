import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { withProfile } from "../home.ts";
import { switchFrom } from "../line/values.ts";
import type { Command } from "./command.ts";

interface Asked {
  on: boolean | undefined;
}

/** Says or changes whether only verified contacts are heard and nobody new comes in. */
export const lockdown: Command<"lockdown", Asked> = { name: "lockdown", read: switchFrom, run: set };

function set(context: Context, { on }: Asked): Promise<ExitCode> {
  return withProfile(context, async (api) => {
    if (on !== undefined) await api.changeSettings({ lockdown: on });
    const settings = await api.read("settings", {});
    context.emit({ event: "lockdown", on: settings.lockdown });
    context.say(context.words.settings.lockdown[settings.lockdown ? "on" : "off"]);
    return EXIT.done;
  });
}
