/**
 * Own texts of a group that are to be said again, because somebody may lack them. Who comes before
 * that would read what they have no right to, or keep the others from it.
 */
import type { HeldEpoch } from "../../epochs/epochs.ts";
import type { Tx } from "../../runtime/context.ts";
import { deleteMeta, findMeta, saveMeta } from "../../runtime/storage/meta.ts";
import { findForkState } from "./fork-state.ts";
import { findFirstAgain } from "./texts-again.views.table.ts";

/** They are said again when the next epoch has begun. */
export const oweTexts = (tx: Tx, conversation: string): Promise<void> => saveMeta(tx, keyOf(conversation), true);

const areOwed = async (tx: Tx, conversation: string): Promise<boolean> =>
  (await findMeta<true>(tx, keyOf(conversation))) !== undefined;

/** Whether they are to be said again now; asked once. */
export async function takeOwed(tx: Tx, conversation: string): Promise<boolean> {
  if (!(await areOwed(tx, conversation))) return false;
  await deleteMeta(tx, keyOf(conversation));
  return true;
}

/** Those of these people who may come into the group now. */
export async function withoutEarly(tx: Tx, held: HeldEpoch, profiles: readonly string[]): Promise<readonly string[]> {
  if (profiles.length === 0) return profiles;
  if (await areOwed(tx, held.conversation)) return [];
  const first = await findFirstAgain(tx, held.conversation, held.id);
  if (first === undefined) return profiles;
  const came = (await findForkState(tx, held.conversation))?.came ?? [];
  const sinceOf = (who: string): number => came.find(({ profile }) => profile === who)?.epochId ?? first + 1;
  return profiles.filter((who) => sinceOf(who) <= first);
}

const keyOf = (conversation: string): string => `resend ${conversation}`;
