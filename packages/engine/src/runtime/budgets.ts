import { deleteSpent, findSpent, forgetPassedOver, listSpent, saveSpent, type Spent } from "./budgets.table.ts";
import type { Timers } from "./timers.ts";
import type { Tx } from "./tx.ts";

/** So much at once, and as much again in the course of a day as `perDay` says. */
export interface Limit {
  readonly atOnce: number;
  readonly perDay: number;
}

/** What counts for a message beside its bytes: its row, its places in indexes. */
export const MESSAGE_ROW_BYTES = 512;

const MIB = 1024 * 1024;

/**
 * What one person can cause on this device, honest or not (docs/protocol.md, section 8.8). Whose it
 * is: of `bytes`, `controls`, `statuses`, `actions`, `duplicates` and `lines` a profile; of
 * `downloads` a profile, or a conversation whose members cause them together; of `groupBytes` a
 * conversation; of what two have to do with each other in one group, the contact and the group.
 */
export const LIMITS = {
  /**
   * Texts kept of one author, and the objects they stand in; in bytes, and `MESSAGE_ROW_BYTES` for
   * each.
   */
  bytes: { atOnce: 20 * MIB, perDay: 20 * MIB },
  /** The same of all authors of one group together. */
  groupBytes: { atOnce: 100 * MIB, perDay: 100 * MIB },
  /** Bytes fetched because of what somebody says: what an invitation points at, cards, pictures. */
  downloads: { atOnce: 128 * MIB, perDay: 128 * MIB },
  /** Control messages looked at. */
  controls: { atOnce: 2_000, perDay: 20_000 },
  /** Ids in receipts looked at. */
  statuses: { atOnce: 20_000, perDay: 40_000 },
  /** Edits, deletions and reactions looked at. */
  actions: { atOnce: 1_000, perDay: 10_000 },
  /** Messages that are here already and come again, for which a receipt leaves again. */
  duplicates: { atOnce: 2_000, perDay: 10_000 },
  /** Answers to what a contact asks or claims about one group. */
  answers: { atOnce: 60, perDay: 2_880 },
  /**
   * Times that a contact's word about one group makes this device ask others where the group
   * stands.
   */
  repairs: { atOnce: 8, perDay: 144 },
  /** Groups this device does not know that a contact may make it ask about. */
  firstJoins: { atOnce: 32, perDay: 96 },
  /**
   * Times that own texts are said again in a group because one person says that they were
   * elsewhere; and in one group at all.
   */
  repaidFor: { atOnce: 4, perDay: 4 },
  repaidIn: { atOnce: 8, perDay: 24 },
  /** Beacons of a contact that are answered. */
  beacons: { atOnce: 32, perDay: 96 },
  /**
   * Times that a contact is sent again what they could not keep, in one conversation; and that it
   * is done in one group at all.
   */
  wanted: { atOnce: 4, perDay: 8 },
  wantedIn: { atOnce: 8, perDay: 24 },
  /** Lines of a group's history that say that a change of one person does not count. */
  lines: { atOnce: 64, perDay: 64 },
} as const satisfies Record<string, Limit>;

export type Budget = keyof typeof LIMITS;

/** How long this device remembers what it passed over of a person. */
const REMEMBERED_MS = 30 * 86_400_000;
const DAY_MS = 86_400_000;

/**
 * What others may still cause. It is saved with what it was taken for: a restart gives nobody
 * anything back, and neither does blocking somebody and taking the block back.
 */
export interface Budgets {
  /** Takes so much, if it is left. False: nothing is taken, and it counts as passed over. */
  take(tx: Tx, budget: Budget, whose: string, amount?: number): Promise<boolean>;
  /**
   * The same, for what is not passed over but done later: how many ms until so much is left; 0: it
   * is taken.
   */
  takeOrWait(tx: Tx, budget: Budget, whose: string, amount?: number): Promise<number>;
  /** This person wants more of it at once. */
  renew(tx: Tx, budget: Budget, whose: string): Promise<void>;
  /** What counts no more is forgotten. */
  tick(tx: Tx): Promise<void>;
}

/** `limits`: other ones than `LIMITS`, for tests. */
export function createBudgets({ clock }: { clock: Timers }, limits: Partial<Record<Budget, Limit>>): Budgets {
  const limitOf = (budget: Budget): Limit => limits[budget] ?? LIMITS[budget];

  /** Spent and not come back yet. */
  async function spentOf(tx: Tx, budget: Budget, whose: string): Promise<number> {
    const known = await findSpent(tx, budget, whose);
    return known === undefined ? 0 : restOf(known, limitOf(budget));
  }

  const restOf = ({ spent, at }: Spent, { perDay }: Limit): number =>
    Math.max(0, spent - (clock.since(at) * perDay) / DAY_MS);

  async function save(tx: Tx, budget: Budget, whose: string, spent: number, passed: number): Promise<void> {
    await saveSpent(tx, budget, whose, { spent, at: clock.now(), passed });
    if (passed > 0) tx.changed("contacts");
  }

  async function takeOrWait(tx: Tx, budget: Budget, whose: string, amount = 1): Promise<number> {
    const { atOnce, perDay } = limitOf(budget);
    const spent = await spentOf(tx, budget, whose);
    const lacking = spent + amount - atOnce;
    if (lacking > 0) return Math.ceil((lacking * DAY_MS) / perDay);
    await save(tx, budget, whose, spent + amount, 0);
    return 0;
  }

  async function take(tx: Tx, budget: Budget, whose: string, amount = 1): Promise<boolean> {
    if ((await takeOrWait(tx, budget, whose, amount)) === 0) return true;
    await save(tx, budget, whose, await spentOf(tx, budget, whose), 1);
    return false;
  }

  async function tick(tx: Tx): Promise<void> {
    await forgetPassedOver(tx, clock.now(), REMEMBERED_MS);
    for (const { budget, whose, ...known } of await listSpent(tx)) {
      // A budget that an older version kept has no limit any more.
      const limit: Limit | undefined = limitOf(budget as Budget);
      if (limit === undefined || restOf(known, limit) === 0) await deleteSpent(tx, budget, whose);
    }
  }

  return {
    take,
    takeOrWait,
    renew: (tx, budget, whose) => save(tx, budget, whose, 0, 0),
    tick,
  };
}
