/** An invitation, from its link to the four digits. */
import type { PairingView } from "@pli/engine/api";
import { shownName } from "@pli/engine/content";
import type { Context } from "../../context.ts";
import { digitBox } from "../../text/digits.ts";
import { invitationLines } from "../../text/invitation.ts";
import { wrap } from "../../text/width.ts";
import { awayText } from "../../waiting.ts";
import type { ChatState } from "../state.ts";

export function pairingLines(context: Context, { pairing }: ChatState, columns: number, room: number): string[] {
  const { words } = context;
  if (pairing === undefined) return [];
  if (pairing.step === "code" && pairing.say !== undefined) return codeLines(context, pairing, pairing.say, columns);
  if (pairing.step === "confirming")
    return ["", ...wrap(words.pairing.confirming(shownName(pairing.peer ?? "?")), columns)];
  if (pairing.link !== undefined) return linkLines(context, pairing, pairing.link, { columns, room });
  return pairing.role === "inviter"
    ? preparingLines(context, pairing, columns)
    : openingLines(context, pairing, columns);
}

function codeLines({ words, style }: Context, pairing: PairingView, digits: string, columns: number): string[] {
  const say = (text: string): string[] => wrap(text, columns);
  const { attemptsLeft, peer } = pairing;
  const warning = attemptsLeft < 3 ? say(words.pairing.wrong(attemptsLeft)).map(style.warning) : [];
  return [
    "",
    ...say(words.pairing.call(shownName(peer ?? "?"))),
    ...digitBox(digits).map(style.bold),
    ...say(words.chat.typeDigits),
    ...warning,
  ];
}

function linkLines(
  { words, style, when, world }: Context,
  { expiresAt }: PairingView,
  link: string,
  { columns, room }: { columns: number; room: number },
): string[] {
  const rows = world.stdout.rows();
  const until = when.moment(expiresAt);
  return invitationLines({ words, style, link, until, columns, rows, others: rows - room }, true).lines;
}

/** An invitation whose link this person does not have yet. */
function preparingLines(context: Context, pairing: PairingView, columns: number): string[] {
  const { words } = context;
  const isAway = pairing.waitsFor !== undefined;
  const now = isAway ? words.waiting.notLeft : words.pairing.preparing;
  return ["", ...wrap(now, columns), ...awayLines(context, pairing, columns)];
}

/** An invitation of somebody else that was accepted. */
function openingLines(context: Context, pairing: PairingView, columns: number): string[] {
  const { words } = context;
  const say = (text: string): string[] => wrap(text, columns);
  return [
    "",
    ...(pairing.peer === undefined ? [] : say(words.pairing.invites(shownName(pairing.peer)))),
    ...say(pairing.step === "opening" ? words.pairing.opening : words.pairing.waitingForInviter),
    ...awayLines(context, pairing, columns),
  ];
}

/** Which store does not answer. */
const awayLines = (context: Context, { waitsFor }: PairingView, columns: number): string[] =>
  waitsFor === undefined ? [] : ["", ...wrap(awayText(context, waitsFor), columns).map(context.style.warning)];
