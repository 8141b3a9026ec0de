import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { withProfile } from "../home.ts";
import { createDayHeadings, tellMessage } from "../message.ts";

/** Shows the newest messages with these words, oldest first, each with its day and where it is. */
export function search(context: Context, { text, limit }: { text: string; limit: number }): Promise<ExitCode> {
  return withProfile(context, async (api, me) => {
    const hits = (await api.search({ text, limit })).toReversed();
    const sayDay = createDayHeadings(context);
    for (const { message } of hits) {
      sayDay(message);
      await tellMessage(context, api, me, message);
    }
    if (hits.length === 0) context.say(context.words.search.none);
    if (hits.length === limit) context.note(context.style.dim(context.words.search.more));
    return EXIT.done;
  });
}
