/** Settings that a command says, or changes. */
import { EXIT } from "../exit.ts";
import { withProfile } from "../home.ts";
import { switchFrom } from "../line/values.ts";
import type { Command } from "./command.ts";

interface Asked {
  on: boolean | undefined;
}

function settingCommand<Name extends "receipts" | "lockdown">(
  name: Name,
  setting: "readReceipts" | "lockdown",
): Command<Name, Asked> {
  return {
    name,
    read: switchFrom,
    run: (context, { on }) =>
      withProfile(context, async (api) => {
        if (on !== undefined) await api.changeSettings({ [setting]: on });
        const isOn = (await api.read("settings", {}))[setting];
        context.emit({ event: name, on: isOn });
        context.say(context.words.settings[name][isOn ? "on" : "off"]);
        return EXIT.done;
      }),
  };
}

/** Whether contacts learn what this person has read. */
export const receipts = settingCommand("receipts", "readReceipts");
/** Whether only verified contacts are heard and nobody new comes in. */
export const lockdown = settingCommand("lockdown", "lockdown");
