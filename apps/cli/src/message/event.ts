import type { MessageView, QuoteView } from "@pli/engine/api";
import { lureOf } from "@pli/engine/content";
import type { Profile } from "../home.ts";
import { placeFields, type Place } from "../place.ts";
import { visibleChange } from "../group/visible.ts";
import { authorIn } from "./author.ts";
import { rendererOf } from "./kinds/index.ts";

/** A message in JSON: the shape of docs/cli.md. Undefined for what scripts have no use for. */
export function messageEvent(message: MessageView, place: Place, me: Profile) {
  const { kind, ...more } = message.body;
  const { isSilent, isWritten } = rendererOf(kind);
  const lure = lureOf(message);
  if (isSilent === true) return undefined;
  return {
    event: isWritten ? "message" : "notice",
    id: message.id,
    ...placeFields(place),
    from: message.mine ? me.name : authorIn(place, message),
    fromId: message.from,
    mine: message.mine,
    kind,
    text: null,
    ...more,
    ...(message.body.kind === "change" && { change: visibleChange(message.body.change) }),
    sentAt: message.sentAt,
    order: message.order,
    state: message.state,
    ...(message.delivered === undefined ? {} : { deliveredTo: message.delivered }),
    ...(message.read === undefined ? {} : { readBy: message.read }),
    ...(message.fromRosterOf === undefined
      ? {}
      : { toldBy: message.fromRosterOf.name, toldById: message.fromRosterOf.id }),
    ...(message.replyTo === undefined ? {} : { replyTo: quoteFields(message.replyTo) }),
    ...(message.edited === undefined ? {} : { edited: message.edited }),
    ...(kind === "deleted" && { deleted: true }),
    ...(message.reactions === undefined
      ? {}
      : { reactions: message.reactions.map(({ emoji, people }) => ({ emoji, people })) }),
    ...(message.starred === undefined ? {} : { starred: true }),
    ...(lure === undefined ? {} : { lure }),
    ...(message.expiresAt === undefined ? {} : { expiresAt: message.expiresAt }),
    ...(message.error === undefined ? {} : { error: message.error }),
  };
}

/** What a message answers: the shape of docs/cli.md. */
const quoteFields = ({ message, state, fromName, text }: QuoteView) => ({
  id: message,
  state,
  ...(fromName !== undefined && { from: fromName }),
  ...(text !== undefined && { text }),
});
