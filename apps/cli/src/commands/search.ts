import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { withProfile } from "../home.ts";
import { missing } from "../line/errors.ts";
import { numberFrom } from "../line/values.ts";
import { createDayHeadings, printMessage } from "../message/print.ts";
import type { Command } from "./command.ts";

const DEFAULT_HITS = 50;
const HITS = { least: 1, most: 1_000 };

interface Asked {
  text: string;
  limit: number;
}

/** Shows the newest messages with these words, oldest first, each with its day and its place. */
export const search: Command<"search", Asked> = {
  name: "search",
  options: { limit: { type: "string" } },
  read: (words, typed) => {
    if (words.length === 0) return missing("TEXT");
    const limit = numberFrom(typed, "limit", HITS, DEFAULT_HITS);
    return typeof limit === "object" ? limit : { text: words.join(" "), limit };
  },
  run: searchFor,
};

function searchFor(context: Context, { text, limit }: Asked): Promise<ExitCode> {
  return withProfile(context, async (api, me) => {
    const hits = (await api.search({ text, limit })).toReversed();
    const sayDay = createDayHeadings(context);
    for (const { message } of hits) {
      sayDay(message);
      await printMessage(context, api, me, message);
    }
    if (hits.length === 0) context.say(context.words.search.none);
    const isAnyLocked = (await api.read("conversations", {})).some(({ locked }) => locked);
    if (isAnyLocked) context.note(context.style.dim(context.words.search.withoutLocked));
    if (hits.length === limit) context.note(context.style.dim(context.words.search.more));
    return EXIT.done;
  });
}
