/** What a pairing shows and asks: in a terminal, and in JSON. */
import type { PairingStep, PairingView, StoreAway } from "@pli/engine/api";
import { shownName } from "@pli/engine/content";
import type { Context } from "../context.ts";
import { digitBox } from "../text/digits.ts";
import { invitationLines } from "../text/invitation.ts";
import { cut } from "../text/width.ts";
import { awayText } from "../waiting.ts";
import type { PairingFace } from "./run.ts";

export function jsonFace({ emit, world }: Context): PairingFace {
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

export function humanFace(context: Context): PairingFace {
  const { say, words, style, world } = context;
  let stopWatching = (): void => {};
  return {
    link: (view, link) => (stopWatching = showLink(context, view, link)),
    step: (step, view) => stepLines(context, step, view).forEach((line) => say(line)),
    code: (view, digits) => {
      stopWatching();
      showCode(context, view, digits);
    },
    digits: (view) => world.stdin.line(words.ask.digits(peerName(view))),
    wrong: (left) => say(style.warning(words.pairing.wrong(left))),
    malformed: () => say(style.warning(words.pairing.malformed)),
    own: () => say(style.warning(words.pairing.own)),
  };
}

const WIDEST_NAME = 40;

/** The other's name, cut so that it cannot fill the screen. */
const peerName = (view: PairingView): string => cut(shownName(view.peer ?? "?"), WIDEST_NAME);

/** Below the link stand a line about waiting, and the cursor. */
const ROWS_BELOW = 2;

/**
 * Prints the link, with a QR code if the terminal is large enough. Otherwise prints both once the
 * terminal has become large enough, until the returned function is called.
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

/** Which store keeps a pairing from continuing, and what the person can do. */
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
