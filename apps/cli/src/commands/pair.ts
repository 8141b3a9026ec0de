import type { PairingStep, PairingView, PliApi, StoreAway } from "@pli/engine/api";
import { shownName } from "@pli/engine/content";
import { contactArgument, contactFields, shortId } from "../contact.ts";
import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { codeOf, Failure } from "../failure.ts";
import { withProfile, type Profile } from "../home.ts";
import { createReader } from "../naming.ts";
import { isOver, runPairing, underWay, type PairingFace } from "../pairing.ts";
import { digitBox } from "../text/digits.ts";
import { invitationLines } from "../text/invitation.ts";
import { cut } from "../text/width.ts";
import { awayText } from "../waiting.ts";

const ACTS = { acts: true };

/** Makes an invitation and leads it to its end. */
export function invite(
  context: Context,
  { base, name }: { base: string | undefined; name: string | undefined },
): Promise<ExitCode> {
  return withProfile(
    context,
    async (api, me) => {
      const others = underWay(await api.read("pairings", {})).filter(({ role }) => role === "inviter");
      if (others.length > 0) context.note(context.style.dim(context.words.invitations.others(others.length)));
      const made = await api.createInvitation({
        ...(base !== undefined && { base }),
        ...(name !== undefined && { name }),
      });
      return lead(context, api, me, made.pairing);
    },
    ACTS,
  );
}

/** Accepts an invitation and leads it to its end. */
export function accept(context: Context, command: { link: string | undefined }): Promise<ExitCode> {
  return withProfile(
    context,
    async (api, me) => {
      const link = command.link ?? (await context.world.stdin.line(prompt(context, context.words.ask.link)));
      if (link === undefined) throw new Failure("invitation_malformed");
      const { pairing, own } = await acceptWhole(context, api, link);
      if (own === true) throw new Failure("pairing_with_self", { advice: await ownAdvice(context, api, pairing) });
      return lead(context, api, me, pairing);
    },
    ACTS,
  );
}

/**
 * A link that was pasted in two lines comes as two: the rest is asked for where somebody can paste
 * it.
 */
async function acceptWhole(context: Context, api: PliApi, link: string): ReturnType<PliApi["acceptInvitation"]> {
  try {
    return await api.acceptInvitation({ link });
  } catch (thrown) {
    const { globals, words, world } = context;
    if (codeOf(thrown) !== "invitation_cut_short" || globals.json || !world.stdin.isTerminal) throw thrown;
    const rest = (await world.stdin.line(words.invitations.restOfLink))?.trim() ?? "";
    if (rest === "") throw thrown;
    return acceptWhole(context, api, link + rest);
  }
}

/** What one can do with an invitation of one's own that is under way. */
async function ownAdvice({ words }: Context, api: PliApi, id: string): Promise<string> {
  const view = await api.read("pairing", { id });
  const isWaiting = view !== undefined && !isOver(view) && view.step !== "paired";
  return isWaiting ? words.invitations.own(shortId(id)) : words.advice.makeAnother;
}

const prompt = (context: Context, text: string): string => (context.globals.json ? "" : text);

/** Leads a pairing from wherever it is to its end. */
export async function lead(context: Context, api: PliApi, profile: Profile, pairing: string): Promise<ExitCode> {
  const face = context.globals.json ? jsonFace(context) : humanFace(context);
  const paired = await runPairing(api, pairing, face, context.world.onInterrupt).catch(async (thrown: unknown) => {
    await tellOther(api);
    throw thrown;
  });
  const contact = await contactOf(api, paired);
  context.emit({ event: "paired", contact: contactFields(contact) });
  const contacts = await api.read("contacts", {});
  context.say(
    `\n${context.style.bold(context.words.pairing.paired(createReader({ profile, contacts }).nameOf(contact)))}`,
  );
  context.say(context.words.pairing.next(contactArgument(contact, contacts)));
  return EXIT.done;
}

/** How long a command that failed waits until the other side can know of it. */
const TELLING_MS = 3_000;

/**
 * Tells the other side that a pairing is over, if the store can be reached: no later command may
 * come to do it.
 */
const tellOther = async (api: PliApi): Promise<void> =>
  void (await api.drain({ ms: TELLING_MS }).catch(() => undefined));

async function contactOf(api: PliApi, paired: PairingView) {
  const contact = paired.contact === undefined ? undefined : await api.read("contact", { id: paired.contact });
  if (contact === undefined) throw new Failure("internal");
  return contact;
}

function jsonFace({ emit, world }: Context): PairingFace {
  return {
    link: (view, link) => emit({ event: "link", link, expiresAt: view.expiresAt }),
    step: (_step, { waitsFor }) => {
      if (waitsFor !== undefined) emit({ event: "away", ...waitsFor });
    },
    code: (view, say) => emit({ event: "code", say, ...(view.peer === undefined ? {} : { peer: view.peer }) }),
    digits: () => world.stdin.line(""),
    wrong: (attemptsLeft) => emit({ event: "wrong_code", attemptsLeft }),
    malformed: (attemptsLeft) => emit({ event: "malformed_code", attemptsLeft }),
    own: (attemptsLeft) => emit({ event: "own_code", attemptsLeft }),
  };
}

function humanFace(context: Context): PairingFace {
  const { say, words, style, world } = context;
  let stopLooking = (): void => {};
  return {
    link: (view, link) => (stopLooking = showLink(context, view, link)),
    step: (step, view) => stepLines(context, step, view).forEach((line) => say(line)),
    code: (view, digits) => {
      stopLooking();
      showCode(context, view, digits);
    },
    digits: (view) => world.stdin.line(words.ask.digits(peerName(view))),
    wrong: (left) => say(style.warning(words.pairing.wrong(left))),
    malformed: () => say(style.warning(words.pairing.malformed)),
    own: () => say(style.warning(words.pairing.own)),
  };
}

const WIDEST_NAME = 40;

/** Short enough that a sentence of ours with it is one line or two of ours. */
const peerName = (view: PairingView): string => cut(shownName(view.peer ?? "?"), WIDEST_NAME);

/** Below the link: that somebody is waited for, and the cursor. */
const ROWS_BELOW = 2;

/**
 * Prints the link, with a code if the terminal is large enough. Prints both once it becomes so,
 * until the returned function is called.
 */
function showLink(context: Context, view: PairingView, link: string): () => void {
  const { say, words, style, when, world } = context;
  const { isTerminal, columns, rows, onResize } = world.stdout;
  const until = when.moment(view.expiresAt);
  const size = isTerminal ? () => ({ columns: columns(), rows: rows() }) : () => ({ columns: Infinity, rows: 0 });
  const look = () => invitationLines({ words, style, link, until, ...size(), others: ROWS_BELOW }, false);
  const first = look();
  for (const line of first.lines) say(line);
  if (first.hasCode || !isTerminal) return () => undefined;
  const stop = onResize(() => {
    const { lines, hasCode } = look();
    if (!hasCode) return;
    stop();
    for (const line of ["", ...lines]) say(line);
  });
  return stop;
}

function stepLines(context: Context, step: PairingStep, view: PairingView): string[] {
  const { words, style } = context;
  if (view.waitsFor !== undefined) return awayLines(context, view, view.waitsFor);
  if (step === "opening") return [style.dim(words.pairing.opening)];
  if (step === "confirming") return [style.dim(words.pairing.confirming(peerName(view)))];
  if (view.role === "inviter")
    return [style.dim(view.link === undefined ? words.pairing.preparing : words.pairing.waitingForGuest)];
  const invites = view.peer === undefined ? [] : [words.pairing.invites(peerName(view))];
  return [...invites, style.dim(words.pairing.waitingForInviter)];
}

/** What keeps a pairing from going on, and what one can do about it. */
function awayLines(context: Context, { role, link, step }: PairingView, away: StoreAway): string[] {
  const { words, style } = context;
  const hasNotLeft = role === "inviter" && step === "waiting" && link === undefined;
  const where = style.warning(awayText(context, away));
  const ends = style.dim(role === "inviter" ? words.pairing.waitingForGuest : words.pairing.waitingForInviter);
  return [where, ...(hasNotLeft ? [words.waiting.notLeft] : []), ends];
}

function showCode({ say, words, style }: Context, view: PairingView, digits: string): void {
  if (view.role === "inviter") say(`\n${words.pairing.claims(peerName(view))}`);
  say(words.pairing.call(peerName(view)));
  for (const line of digitBox(digits)) say(style.bold(line));
}
