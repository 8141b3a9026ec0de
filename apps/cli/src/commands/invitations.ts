import type { PairingView } from "@pli/engine/api";
import { nameForQuotes, shownName } from "@pli/engine/content";
import { shortId } from "../contact.ts";
import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { Failure } from "../failure.ts";
import { extra, missing } from "../line/errors.ts";
import {
  ended,
  findInvitation,
  invitationFields,
  isOver,
  nextUnderWay,
  putAwayEnded,
  underWay,
  whyEnded,
} from "../pairing/invitations.ts";
import { lead } from "../pairing/lead.ts";
import { awayText } from "../waiting.ts";
import { commandOf, type Subcommand } from "./subcommand.ts";

const list: Subcommand<{ what: "list" }> = {
  what: "list",
  acts: false,
  read: (words) => extra(words, 0) ?? { what: "list" },
  run: async ({ context, api }) => show(context, await api.read("pairings", {})),
};

const resume: Subcommand<{ what: "resume"; invitation: string | undefined }> = {
  what: "resume",
  acts: true,
  read: (words) => extra(words, 1) ?? { what: "resume", invitation: words[0] },
  run: async ({ context, api, me }, { invitation }) =>
    lead(context, api, me, oneUnderWay(context, await api.read("pairings", {}), invitation).id),
};

/** Cancels an invitation on both sides. */
const stop: Subcommand<{ what: "stop"; invitation: string }> = {
  what: "stop",
  acts: true,
  read: (words) =>
    words[0] === undefined ? missing("INVITATION") : (extra(words, 1) ?? { what: "stop", invitation: words[0] }),
  run: async ({ context: { words, say, emit }, api }, { invitation }) => {
    const one = findInvitation({ words }, await api.read("pairings", {}), invitation);
    await api.cancelPairing({ pairing: one.id });
    emit({ event: "stopped", invitation: one.id });
    say(isOver(one) ? words.invitations.cleared(1) : words.invitations.stopped);
    return EXIT.done;
  },
};

/** Puts away the invitations that have ended. */
const clear: Subcommand<{ what: "clear" }> = {
  what: "clear",
  acts: false,
  read: (words) => extra(words, 0) ?? { what: "clear" },
  run: async ({ context: { words, say, emit }, api }) => {
    const over = await putAwayEnded(api, await api.read("pairings", {}));
    emit({ event: "cleared", invitations: over.map(({ id }) => id) });
    say(words.invitations.cleared(over.length));
    return EXIT.done;
  },
};

/** Shows and changes the invitations that were made or accepted here. */
export const invitations = commandOf("invitations", [list, resume, stop, clear]);

/** The invitation that was named, or the only one that is under way. */
function oneUnderWay(context: Context, all: readonly PairingView[], query: string | undefined): PairingView {
  if (query !== undefined) return findInvitation(context, all, query);
  const [first, ...others] = underWay(all);
  if (first === undefined) throw new Failure("pairing_unknown", { advice: context.words.invitations.none });
  if (others.length > 0) throw new Failure("pairing_unknown", { advice: context.words.invitations.which });
  return first;
}

function show(context: Context, all: readonly PairingView[]): ExitCode {
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
