import { chainOf, CHAIN_WINDOW, type Chain } from "@pli/protocol/conversation";
import type { Unit } from "../runtime/context.ts";
import { deleteMeta, findMeta, saveMeta } from "../runtime/storage/meta.ts";
import { numberIn } from "../runtime/storage/row.ts";
import { chainsOf, type HeldEpoch } from "./epoch-rows.ts";
import type { Standings } from "./standings.ts";

/**
 * What was on its way when somebody's right to write ended still counts: an honest device has not
 * more than this in any epoch.
 */
const ON_THE_WAY = CHAIN_WINDOW;

/** The step of each leaf's chain from which on nothing counts that it writes. */
type Limits = Readonly<Record<string, number>>;

/**
 * Past epochs are kept for late senders. Whoever may not write any more could go on in one of them,
 * by its rules: so what they had written when the change came counts, and nothing beyond it. The
 * feed shows that to all in the same order.
 */
export interface Lapses {
  /**
   * The commit between the two took somebody's right to write, perhaps. `before` and those before
   * it are past.
   */
  note(unit: Unit, before: HeldEpoch, after: HeldEpoch): Promise<void>;
  /**
   * Whether what this leaf wrote where its chain stands in `held` counts, now that `now` is the
   * epoch of this moment.
   */
  counts(unit: Unit, held: HeldEpoch, leaf: number, now: HeldEpoch): Promise<boolean>;
  forget(unit: Unit, epoch: number): Promise<void>;
}

export function createLapses(standings: Standings): Lapses {
  async function note(unit: Unit, before: HeldEpoch, after: HeldEpoch): Promise<void> {
    const lapsed = standings.lapsed(before, after);
    if (lapsed.length === 0) return;
    const sql = "SELECT id FROM epochs WHERE conversation = ? AND id <> ?";
    for (const row of await unit.sql.all(sql, [before.conversation, after.id])) {
      const id = numberIn(row, "id");
      await addLimits(unit, id, await reached(unit, id, lapsed));
    }
  }

  /**
   * How far these leaves have come in a past epoch, with what is kept beyond a hole and what may be
   * on its way.
   */
  async function reached(unit: Unit, id: number, leaves: readonly number[]): Promise<Limits> {
    const chains = new Map((await chainsOf(unit, id)).map((chain) => [chain.leaf, chain] as const));
    const limits: Record<string, number> = {};
    for (const leaf of leaves) {
      const chain = chains.get(leaf);
      if (chain !== undefined) limits[leaf] = (await stepAfter(unit, id, chain)) + ON_THE_WAY;
    }
    return limits;
  }

  async function stepAfter(unit: Unit, id: number, { leaf, index }: Chain): Promise<number> {
    const sql = "SELECT coalesce(max(step), -1) AS step FROM arrived WHERE epoch = ? AND leaf = ?";
    const [row] = await unit.sql.all(sql, [id, leaf]);
    return Math.max(index, numberIn(row ?? {}, "step") + 1);
  }

  async function counts(unit: Unit, held: HeldEpoch, leaf: number, now: HeldEpoch): Promise<boolean> {
    const author = standings.authorAt(held, leaf) ?? "";
    if (!standings.mayWrite(held, author)) return false;
    if (now.id === held.id || standings.mayWrite(now, author)) return true;
    return chainOf(held.epoch, leaf).index < ((await limitsOf(unit, held.id))[leaf] ?? 0);
  }

  const forget = (unit: Unit, epoch: number): Promise<void> => deleteMeta(unit, keyOf(epoch));

  return { note, counts, forget };
}

const keyOf = (epoch: number): string => `lapsed ${epoch}`;

const limitsOf = async (unit: Unit, epoch: number): Promise<Limits> =>
  (await findMeta<Limits>(unit, keyOf(epoch))) ?? {};

async function addLimits(unit: Unit, epoch: number, limits: Limits): Promise<void> {
  await saveMeta(unit, keyOf(epoch), { ...(await limitsOf(unit, epoch)), ...limits });
}
