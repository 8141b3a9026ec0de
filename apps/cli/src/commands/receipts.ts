import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { withProfile } from "../home.ts";
import { switchFrom } from "../line/values.ts";
import type { Command } from "./command.ts";

interface Asked {
  on: boolean | undefined;
}

/** Says or changes whether contacts learn what this person has read. */
export const receipts: Command<"receipts", Asked> = { name: "receipts", read: switchFrom, run: set };

function set(context: Context, { on }: Asked): Promise<ExitCode> {
  return withProfile(context, async (api) => {
    if (on !== undefined) await api.changeSettings({ readReceipts: on });
    const { readReceipts } = await api.read("settings", {});
    context.emit({ event: "receipts", on: readReceipts });
    context.say(context.words.settings.receipts[readReceipts ? "on" : "off"]);
    return EXIT.done;
  });
}
