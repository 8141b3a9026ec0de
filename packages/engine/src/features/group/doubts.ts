/**
 * Doubtful ways back into a group. The reducer `protocol/group/rejoin/doubt.ts` decides whether one
 * is taken (docs/protocol.md, section 8.4, "Doubts").
 */
import { contradicts, doubtCodec, isDoubtful, stepDoubt, type DoubtState, type Rules } from "@pli/protocol/group";
import type { DoubtEffect, DoubtEvent } from "@pli/protocol/group";
import type { GroupState } from "@pli/protocol/conversation";
import { toHex } from "@pli/protocol/crypto";
import type { Context, Tx } from "../../runtime/context.ts";
import { createRunner } from "../../runtime/reducers.ts";
import type { Epochs } from "../../epochs/epochs.ts";
import type { Profiles } from "../../people/profile.ts";
import { listMembers } from "./members.table.ts";

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

export function createDoubts(context: Context, deps: { epochs: Epochs; profiles: Profiles }): Doubts {
  const { clock, groups } = context;
  const runner = createRunner<DoubtState, DoubtEvent, DoubtEffect>(
    context,
    { name: "doubt", codec: doubtCodec, step: stepDoubt, timers: () => [] },
    { perform: async () => undefined, onTimer: async () => undefined },
  );

  async function mustWait(
    tx: Tx,
    id: string,
    { by, rules, state, since }: Parameters<Doubts["mustWait"]>[2],
  ): Promise<boolean> {
    const before = new Map((await listMembers(tx, id)).map(({ profile, role }) => [profile, role]));
    const current = await deps.epochs.current(tx, id);
    const held = current === undefined ? "" : toHex(groups.groupId(current.epoch.group));
    const group = toHex(groups.groupId(state));
    const self = (await deps.profiles.get(tx)).id;
    const isSuccessor = current !== undefined && held !== group;
    const effects = await runner.handle(tx, id, {
      type: "wayShown",
      now: clock.now(),
      since,
      by,
      group,
      held,
      isDoubtful: isDoubtful({ before, after: rules, by, self, isSuccessor }),
      others: [...before.keys()].filter((who) => who !== by && who !== self),
    });
    return effects.some(({ type }) => type === "wait");
  }

  return {
    mustWait,
    isContradicted: async (tx, id, who, group) => contradicts(await runner.find(tx, id), who, group),
    others: async (tx, id) => (await runner.find(tx, id))?.others ?? [],
  };
}
