import { chainOf, CHAIN_WINDOW, type Chain } from "@pli/protocol/conversation";
import type { Tx } from "../runtime/context.ts";
import { deleteMeta, findMeta, saveMeta } from "../runtime/storage/meta.ts";
import { lastStep } from "./arrived.table.ts";
import { listEpochIds, type HeldEpoch } from "./epochs.table.ts";
import { chainsOf } from "./leaf-parts.table.ts";
import type { EpochRoles } from "./epoch-roles.ts";

/**
 * What was on its way when somebody's right to write ended still counts: an honest device has not
 * more than this in any epoch.
 */
const ON_THE_WAY = CHAIN_WINDOW;

/** The step of each leaf's chain from which on nothing counts that it writes. */
type Limits = Readonly<Record<string, number>>;

/**
 * Past epochs are kept for late senders. A member who may not write any more could still write in
 * one of them, by its rules. So what they had written when the change came counts, and nothing
 * after it. The feed shows that to all in the same order.
 */
export interface RevokedSenders {
  /**
   * The commit between the two took somebody's right to write, perhaps. `before` and those before
   * it are past.
   */
  note(tx: Tx, before: HeldEpoch, after: HeldEpoch): Promise<void>;
  /**
   * Whether what this leaf wrote where its chain stands in `held` counts, now that `now` is the
   * epoch of this moment.
   */
  counts(tx: Tx, held: HeldEpoch, leaf: number, now: HeldEpoch): Promise<boolean>;
  forget(tx: Tx, epoch: number): Promise<void>;
}

export function createRevokedSenders(epochRoles: EpochRoles): RevokedSenders {
  async function note(tx: Tx, before: HeldEpoch, after: HeldEpoch): Promise<void> {
    const revoked = epochRoles.revoked(before, after);
    if (revoked.length === 0) return;
    const past = (await listEpochIds(tx, before.conversation)).filter((id) => id !== after.id);
    for (const id of past) await addLimits(tx, id, await reached(tx, id, revoked));
  }

  /**
   * How far these leaves have come in a past epoch, with what is kept beyond a hole and what may be
   * on its way.
   */
  async function reached(tx: Tx, id: number, leaves: readonly number[]): Promise<Limits> {
    const chains = new Map((await chainsOf(tx, id)).map((chain) => [chain.leaf, chain] as const));
    const limits: Record<string, number> = {};
    for (const leaf of leaves) {
      const chain = chains.get(leaf);
      if (chain !== undefined) limits[leaf] = (await stepAfter(tx, id, chain)) + ON_THE_WAY;
    }
    return limits;
  }

  async function stepAfter(tx: Tx, id: number, { leaf, index }: Chain): Promise<number> {
    return Math.max(index, (await lastStep(tx, id, leaf)) + 1);
  }

  async function counts(tx: Tx, held: HeldEpoch, leaf: number, now: HeldEpoch): Promise<boolean> {
    const author = epochRoles.authorAt(held, leaf) ?? "";
    if (!epochRoles.mayWrite(held, author)) return false;
    if (now.id === held.id || epochRoles.mayWrite(now, author)) return true;
    return chainOf(held.epoch, leaf).index < ((await limitsOf(tx, held.id))[leaf] ?? 0);
  }

  const forget = (tx: Tx, epoch: number): Promise<void> => deleteMeta(tx, keyOf(epoch));

  return { note, counts, forget };
}

const keyOf = (epoch: number): string => `revoked ${epoch}`;

const limitsOf = async (tx: Tx, epoch: number): Promise<Limits> => (await findMeta<Limits>(tx, keyOf(epoch))) ?? {};

async function addLimits(tx: Tx, epoch: number, limits: Limits): Promise<void> {
  await saveMeta(tx, keyOf(epoch), { ...(await limitsOf(tx, epoch)), ...limits });
}
