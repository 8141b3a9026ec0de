import type { PliApi } from "@pli/engine/api";
import { shownName } from "@pli/engine/content";
import { watchPairingNews, type PairingNews } from "@pli/engine/pairing-news";
import { shortId } from "../contact.ts";
import type { Context } from "../context.ts";
import { inBrackets, invitationFields, whyEnded } from "./invitations.ts";

/**
 * Prints that somebody waits with digits, also somebody who waited before, and that an invitation
 * has ended. Stops when the returned function is called.
 */
export function sayInvitationNews(context: Context, api: PliApi): () => void {
  return watchPairingNews(
    api,
    (news) => {
      const { pairing, what } = news;
      context.emit({ event: "invitation", what, ...invitationFields(pairing) });
      context.say(newsText(context, news));
    },
    "answersTold",
  );
}

function newsText(context: Context, { what, pairing }: PairingNews): string {
  const say = context.words.invitations.news;
  const peer = shownName(pairing.peer ?? "?");
  if (what === "ended") return say.ended(inBrackets(pairing), whyEnded(context, pairing));
  return say[pairing.role === "inviter" ? "opened" : "accepted"](peer, shortId(pairing.id));
}
