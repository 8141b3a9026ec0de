import type { PairingView, PliApi } from "@pli/engine/api";
import { nameForQuotes, shownName } from "@pli/engine/content";
import { watchPairingNews, type PairingNews } from "@pli/engine/pairing-news";
import { shortId } from "../contact.ts";
import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { Failure } from "../failure.ts";
import { withProfile } from "../home.ts";
import {
  ended,
  findInvitation,
  inBrackets,
  isOver,
  nextUnderWay,
  putAwayEnded,
  underWay,
  whyEnded,
} from "../pairing.ts";
import { awayText } from "../waiting.ts";
import { lead } from "./pair.ts";

export type InvitationsAction =
  | { what: "list" }
  | { what: "clear" }
  | { what: "stop"; invitation: string }
  | { what: "resume"; invitation: string | undefined };

/**
 * `pli invitations`: lists those made or opened here, resumes one, cancels one, or puts away those
 * that have ended.
 */
export function invitations(context: Context, { action }: { action: InvitationsAction }): Promise<ExitCode> {
  return withProfile(
    context,
    async (api, me) => {
      const all = await api.read("pairings", {});
      switch (action.what) {
        case "list":
          return list(context, all);
        case "clear":
          return clear(context, api, all);
        case "stop":
          return stop(context, api, findInvitation(context, all, action.invitation));
        case "resume":
          return lead(context, api, me, oneUnderWay(context, all, action.invitation).id);
      }
    },
    { acts: action.what === "stop" || action.what === "resume" },
  );
}

/** The one meant, or the only one there is. */
function oneUnderWay(context: Context, all: readonly PairingView[], query: string | undefined): PairingView {
  if (query !== undefined) return findInvitation(context, all, query);
  const [first, ...others] = underWay(all);
  if (first === undefined) throw new Failure("pairing_unknown", { advice: context.words.invitations.none });
  if (others.length > 0) throw new Failure("pairing_unknown", { advice: context.words.invitations.which });
  return first;
}

function list(context: Context, all: readonly PairingView[]): ExitCode {
  const { words, style, say, emit } = context;
  for (const one of all) {
    emit({ event: "invitation", ...invitationFields(one) });
    const name = one.name === "" ? style.dim(words.invitations.unnamed) : `“${nameForQuotes(one.name)}”`;
    say(`${shortId(one.id)}  ${name}  ${stateText(context, one)}`);
  }
  if (all.length === 0) say(words.invitations.none);
  const waiting = nextUnderWay(all);
  if (waiting !== undefined) say(words.invitations.resumeHow(shortId(waiting.id)));
  if (ended(all).length > 0) say(words.invitations.clearHow);
  return EXIT.done;
}

/** An invitation in JSON: the shape of docs/cli.md. */
const invitationFields = (one: PairingView) => ({
  id: one.id,
  role: one.role,
  state: one.step,
  name: one.name,
  peer: one.peer ?? null,
  link: one.link ?? null,
  createdAt: one.createdAt,
  expiresAt: one.expiresAt,
  endedAt: one.endedAt ?? null,
  error: one.error ?? null,
  waitsFor: one.waitsFor ?? null,
});

function stateText(context: Context, one: PairingView): string {
  const text = stepText(context, one);
  return one.waitsFor === undefined ? text : `${text}. ${awayText(context, one.waitsFor)}`;
}

function stepText(context: Context, one: PairingView): string {
  const { words, when } = context;
  const say = words.invitations;
  const peer = shownName(one.peer ?? "?");
  if (one.step === "failed")
    return `${say.ended(when.moment(one.endedAt ?? one.createdAt))}. ${whyEnded(context, one)}`;
  if (one.step === "code") return say.answered(peer);
  if (one.step === "confirming") return say.confirming(peer);
  if (one.role === "responder") return one.peer === undefined ? say.opening : say.invited(peer);
  return one.link === undefined ? say.preparing : say.waiting(when.moment(one.expiresAt));
}

async function clear({ words, say, emit }: Context, api: PliApi, all: readonly PairingView[]): Promise<ExitCode> {
  const over = await putAwayEnded(api, all);
  emit({ event: "cleared", invitations: over.map(({ id }) => id) });
  say(words.invitations.cleared(over.length));
  return EXIT.done;
}

async function stop({ words, say, emit }: Context, api: PliApi, one: PairingView): Promise<ExitCode> {
  await api.cancelPairing({ pairing: one.id });
  emit({ event: "stopped", invitation: one.id });
  say(isOver(one) ? words.invitations.cleared(1) : words.invitations.stopped);
  return EXIT.done;
}

/**
 * Says when somebody waits with digits, even if they did at the start, and when an invitation has
 * ended.
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
