import type { PliApi } from "@pli/engine/api";
import { shownName } from "@pli/engine/content";
import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { withProfile, type Profile } from "../home.ts";
import { authorFor, lineColumns, messageEvent, messageLines } from "../message.ts";
import { readerOf } from "../naming.ts";
import { placeOf } from "../place.ts";

/** Shows the newest messages with these words, oldest first, each with its day and where it is. */
export function search(context: Context, { text, limit }: { text: string; limit: number }): Promise<ExitCode> {
  return withProfile(context, async (api, me) => {
    const hits = (await api.search({ text, limit })).toReversed();
    let day = "";
    for (const { message } of hits) {
      const key = context.when.dayKey(message.sentAt);
      if (key !== day) context.say(context.style.dim(`${day === "" ? "" : "\n"}${context.when.day(message.sentAt)}`));
      day = key;
      await show(context, api, me, message);
    }
    if (hits.length === 0) context.say(context.words.search.none);
    if (hits.length === limit) context.note(context.style.dim(context.words.search.more));
    return EXIT.done;
  });
}

async function show(
  context: Context,
  api: PliApi,
  me: Profile,
  message: Awaited<ReturnType<PliApi["search"]>>[number]["message"],
): Promise<void> {
  const place = await placeOf(api, message);
  const event = messageEvent(message, place, me);
  if (event !== undefined) context.emit(event);
  const reader = await readerOf(api, me, place.conversation);
  const author = message.mine ? context.words.you : authorFor(reader, place, message);
  const group = place.kind === "group" || message.mine ? shownName(place.name) : undefined;
  const showing = { author, reader, columns: lineColumns(context.world), ...(group !== undefined && { group }) };
  for (const line of messageLines(context, message, showing)) context.say(line);
}
