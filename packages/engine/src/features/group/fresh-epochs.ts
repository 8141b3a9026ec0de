import { toHex } from "@pli/protocol/crypto";
import type { Context, Tx } from "../../runtime/context.ts";
import { fractionFrom } from "../../runtime/chance.ts";
import type { Epochs, HeldEpoch } from "../../epochs/epochs.ts";
import type { Sending } from "../messages/sending.ts";
import type { Changes } from "./changes.ts";
import { oweTexts, takeOwed } from "./owed-texts.ts";
import { listPendingOperations } from "./pending-operations.table.ts";
import { findForAll } from "./fork-state.ts";

/**
 * One of all members begins the fresh epoch: each waits for a moment of its own, longer in larger
 * groups.
 */
const LEAST_MS = 500;
const SPREAD_PER_MEMBER_MS = 300;
const MOST_SPREAD_MS = 12_000;

/**
 * A fresh epoch, in which all chains begin again. It is wanted after what may have put members out
 * of step with each other's labels: a store that lost its data, a commit that nobody could open,
 * labels that a member spoils. Who is first begins it for all.
 */
export interface FreshEpochs {
  /** `resends`: what others may have missed is said again once it has begun. */
  want(tx: Tx, conversation: string, resends: boolean): Promise<void>;
  /** An epoch has begun. */
  epochStarted(tx: Tx, held: HeldEpoch): Promise<void>;
}

export function createFreshEpochs(
  context: Context,
  deps: { epochs: Epochs; changes: Changes; sending: Sending },
): FreshEpochs {
  const { clock, crypto, groups } = context;

  async function want(tx: Tx, id: string, resends: boolean): Promise<void> {
    const held = await deps.epochs.current(tx, id);
    if (held === undefined) return;
    if (resends) await oweTexts(tx, id);
    const isWanted = (await listPendingOperations(tx, id)).some(({ operation }) => operation.kind === "fresh");
    if (isWanted) return;
    const { group } = held.epoch;
    const spread = Math.min(MOST_SPREAD_MS, groups.members(group).length * SPREAD_PER_MEMBER_MS);
    const operation = { kind: "fresh", group: toHex(groups.groupId(group)), epoch: held.number } as const;
    await deps.changes.want(
      tx,
      id,
      operation,
      clock.now() + LEAST_MS + Math.floor(fractionFrom(crypto.random(2)) * spread),
    );
  }

  async function epochStarted(tx: Tx, { conversation }: HeldEpoch): Promise<void> {
    if (!(await takeOwed(tx, conversation))) return;
    await deps.sending.enqueueAgain(tx, conversation, { forAll: await findForAll(tx, conversation) });
  }

  return { want, epochStarted };
}
