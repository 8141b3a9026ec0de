/** What is known of an invitation, from its view alone. */
import type { PairingView, PliApi } from "@pli/engine/api";
import { nameForQuotes } from "@pli/engine/content";
import { isErrorCode, type ErrorCode } from "@pli/engine/errors";
import { findOne } from "../contact.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { failureSentence } from "../words/failures.ts";

/** Why a pairing failed. */
export const codeOfPairing = (view: PairingView): ErrorCode =>
  view.error !== undefined && isErrorCode(view.error) ? view.error : "pairing_invalid";

/** Why a pairing failed, in words. */
export const whyEnded = ({ globals }: Context, view: PairingView): string =>
  failureSentence(globals.language, codeOfPairing(view));

export const isOver = ({ step }: PairingView): boolean => step === "failed";
export const underWay = (all: readonly PairingView[]): PairingView[] => all.filter((one) => !isOver(one));
export const ended = (all: readonly PairingView[]): PairingView[] => all.filter(isOver);

/** The one to resume: first one that somebody has answered. */
export const nextUnderWay = (all: readonly PairingView[]): PairingView | undefined =>
  all.find(({ step }) => step === "code") ?? underWay(all)[0];

/** Puts away the invitations that have ended, and gives them. */
export async function putAwayEnded(api: PliApi, all: readonly PairingView[]): Promise<readonly PairingView[]> {
  const over = ended(all);
  for (const { id } of over) await api.cancelPairing({ pairing: id });
  return over;
}

/**
 * Finds an invitation by the name that this person gave it or by the beginning of its identifier,
 * never by the name that the other side gives itself.
 */
export function findInvitation(
  context: Pick<Context, "words">,
  all: readonly PairingView[],
  query: string,
): PairingView {
  const nameable = all.map((one) => ({ ...one, given: true }));
  return findOne(context, nameable, query, () => new Failure("pairing_unknown"));
}

/** The name that tells an invitation from others, to stand behind a noun. */
export function inBrackets({ name, peer }: PairingView): string {
  const what = name === "" ? peer : name;
  return what === undefined ? "" : ` (“${nameForQuotes(what)}”)`;
}

/** Digits without the spaces, dots and dashes that people type between them. */
export const plainDigits = (typed: string): string => typed.replaceAll(/[\s.-]/gu, "");

/** An invitation in JSON: the shape of docs/cli.md. */
export const invitationFields = (one: PairingView) => ({
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
