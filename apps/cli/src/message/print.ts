import type { MessageView, PliApi } from "@pli/engine/api";
import { shownName } from "@pli/engine/content";
import { lineColumns, type Context } from "../context.ts";
import type { Profile } from "../home.ts";
import { readerOf } from "../naming.ts";
import { placeOf, type Place } from "../place.ts";
import { authorFor } from "./author.ts";
import { messageEvent } from "./event.ts";
import { messageLines } from "./lines.ts";

/** Prints a message in JSON. */
export function emitMessage({ emit }: Context, message: MessageView, place: Place, me: Profile): void {
  const event = messageEvent(message, place, me);
  if (event !== undefined) emit(event);
}

/**
 * Prints a message that stands alone, with its conversation: the group, or for a message of this
 * person the contact it was written to.
 */
export async function printMessage(context: Context, api: PliApi, me: Profile, message: MessageView): Promise<void> {
  const place = await placeOf(api, message);
  emitMessage(context, message, place, me);
  if (context.globals.json) return;
  const reader = await readerOf(api, me, place.conversation);
  const author = message.mine ? context.words.you : authorFor(reader, place, message);
  const group = place.kind === "group" || message.mine ? placeName(context, place) : undefined;
  const showing = { author, reader, columns: lineColumns(context.world), ...(group !== undefined && { group }) };
  for (const line of messageLines(context, message, showing)) context.say(line);
}

/**
 * A place as it stands beside a message. What came out of a file says so, whatever it is called.
 */
const placeName = ({ words }: Context, { archive, name }: Place): string =>
  archive === undefined ? shownName(name) : `${shownName(name)}, ${words.archive.mark}`;

/** Prints the day of each message that is not of the same day as the one before. */
export function createDayHeadings({ say, style, when }: Context): (message: MessageView) => void {
  let day = "";
  return ({ sentAt }) => {
    const key = when.dayKey(sentAt);
    if (key !== day) say(style.dim(`${day === "" ? "" : "\n"}${when.day(sentAt)}`));
    day = key;
  };
}
