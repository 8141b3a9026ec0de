import { isDoubtful, type Rules } from "@pli/protocol/group";
import type { GroupState } from "@pli/protocol/conversation";
import { toHex } from "@pli/protocol/crypto";
import type { Context, Tx } from "../../runtime/context.ts";
import type { Epochs } from "../../epochs/epochs.ts";
import type { Profiles } from "../../people/profile.ts";
import { deleteMeta, findMeta, saveMeta } from "../../runtime/storage/meta.ts";
import { listMembers } from "./members.ts";

/** For so long a doubtful way back is not taken: somebody else may show another. */
const DOUBT_MS = 45_000;

/**
 * A group that was entered with doubt: which one this device was in before, and who led it away.
 */
interface Doubt {
  readonly group: string;
  readonly by: string;
  /** Who else was in it. */
  readonly others: readonly string[];
}

/**
 * Somebody may lead a device that is lost into a group of their own making. While it is young such
 * a way is not taken; later it is better than none, and what others say of the group before leads
 * back (docs/protocol.md, section 8.4).
 */
export interface Doubts {
  /** Whether the way that `by` shows must wait; `since`: when this device began to look for one. */
  mustWait(
    tx: Tx,
    conversation: string,
    p: { by: string; rules: Rules; state: GroupState; since: number },
  ): Promise<boolean>;
  /**
   * Whether somebody other than the one who led this device away is in the group that it was in
   * before.
   */
  isContradicted(tx: Tx, conversation: string, who: string, group: string): Promise<boolean>;
  /** Who else was in the group of before, as long as this one is doubted: they may know better. */
  others(tx: Tx, conversation: string): Promise<readonly string[]>;
}

export function createDoubts(context: Context, p: { epochs: Epochs; profiles: Profiles }): Doubts {
  const { clock, groups } = context;

  async function mustWait(
    tx: Tx,
    id: string,
    { by, rules, state, since }: Parameters<Doubts["mustWait"]>[2],
  ): Promise<boolean> {
    const before = new Map((await listMembers(tx, id)).map(({ profile, role }) => [profile, role]));
    const held = await p.epochs.current(tx, id);
    const group = held === undefined ? "" : toHex(groups.groupId(held.epoch.group));
    const isSuccessor = held !== undefined && group !== toHex(groups.groupId(state));
    const self = (await p.profiles.get(tx)).id;
    const doubt = await find(tx, id);
    const isBack = doubt?.group === toHex(groups.groupId(state));
    // Who led it away once leads it nowhere else.
    if (doubt?.by === by && !isBack) return true;
    await deleteMeta(tx, keyOf(id));
    if (isBack) return false;
    if (!isDoubtful({ before, after: rules, by, self, isSuccessor })) return false;
    if (clock.since(since) < DOUBT_MS) return true;
    const others = [...before.keys()].filter((who) => who !== by && who !== self);
    await saveMeta(tx, keyOf(id), { group, by, others } satisfies Doubt);
    return false;
  }

  async function isContradicted(tx: Tx, id: string, who: string, group: string): Promise<boolean> {
    const doubt = await find(tx, id);
    return doubt?.group === group && doubt.by !== who;
  }

  const others = async (tx: Tx, id: string): Promise<readonly string[]> => (await find(tx, id))?.others ?? [];

  return { mustWait, isContradicted, others };
}

const keyOf = (conversation: string): string => `doubt ${conversation}`;

const find = (tx: Tx, conversation: string): Promise<Doubt | undefined> => findMeta(tx, keyOf(conversation));
