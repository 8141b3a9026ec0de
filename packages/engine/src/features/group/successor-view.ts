/** What the reducer of successor groups needs to know of a group. */
import { mayAdd, profileOf, roleOf, type Role, type Rules, type SuccessorView } from "@pli/protocol/group";
import { toHex } from "@pli/protocol/crypto";
import { findSuspects } from "../../epochs/conversations.table.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import type { EpochRoles } from "../../epochs/epoch-roles.ts";
import type { Epochs, HeldEpoch } from "../../epochs/epochs.ts";
import { listEpochIds } from "../../epochs/epochs.table.ts";
import type { Profiles } from "../../people/profile.ts";
import { damaged } from "../../runtime/storage/row.ts";
import { rulesIn } from "./members.ts";
import {
  leaversIn,
  listPendingOperations,
  type PendingOperation,
  type QueuedOperation,
} from "./pending-operations.table.ts";
import { foundersOf } from "./plan.ts";

/** The operation of this device to found a successor group. */
export type FoundOperation = QueuedOperation & {
  readonly operation: PendingOperation & { readonly kind: "successorGroup" };
};

export interface SuccessorViews {
  view(tx: Tx, id: string): Promise<SuccessorView>;
  operation(tx: Tx, id: string): Promise<FoundOperation | undefined>;
  /** Who may found a successor group, as this epoch has it; the heir if all owners leave. */
  founders(tx: Tx, held: HeldEpoch): Promise<readonly string[]>;
  /** Everybody else who stays, with their roles. */
  staying(tx: Tx, id: string, without: readonly string[]): Promise<Record<string, Role>>;
  /** Who blocks the changes of the group, as far as people see it; undefined: it is not blocked. */
  /** Whether this person was in the MLS group before this one, and can be added to this one. */
  wasInLast(tx: Tx, id: string, profile: string): Promise<boolean>;
  /** The people of the MLS group before this one, as long as this device keeps an epoch of it. */
  lastMembers(tx: Tx, id: string): Promise<ReadonlySet<string>>;
  rules(held: HeldEpoch): Rules;
}

export function createSuccessorViews(
  { clock, groups }: Context,
  { epochs, epochRoles, profiles }: { epochs: Epochs; epochRoles: EpochRoles; profiles: Profiles },
): SuccessorViews {
  async function view(tx: Tx, id: string): Promise<SuccessorView> {
    const held = await epochs.current(tx, id);
    return {
      now: clock.now(),
      self: (await profiles.get(tx)).id,
      isBlocked: (await findSuspects(tx, id)) !== undefined,
      founders: held === undefined ? [] : await founders(tx, held),
      founds: (await operation(tx, id)) !== undefined,
      ...(held !== undefined && { epoch: held.id }),
    };
  }

  async function operation(tx: Tx, id: string): Promise<FoundOperation | undefined> {
    const found = (await listPendingOperations(tx, id)).find((queued) => queued.operation.kind === "successorGroup");
    return found as FoundOperation | undefined;
  }

  async function founders(tx: Tx, held: HeldEpoch): Promise<readonly string[]> {
    return foundersOf(rules(held), groups.members(held.epoch.group), await leaversIn(tx, held.conversation));
  }

  async function staying(tx: Tx, id: string, without: readonly string[]): Promise<Record<string, Role>> {
    const held = await epochs.current(tx, id);
    if (held === undefined) return {};
    const [all, self] = [rules(held), (await profiles.get(tx)).id];
    const gone = new Set([self, ...without, ...(await leaversIn(tx, id))]);
    const present = groups.members(held.epoch.group).map((member) => profileOf(member) ?? damaged("credential"));
    const stay = [...new Set(present)].filter((profile) => !gone.has(profile));
    return Object.fromEntries(stay.map((profile) => [profile, roleOf(all, profile)]));
  }

  async function wasInLast(tx: Tx, id: string, profile: string): Promise<boolean> {
    const now = await epochs.current(tx, id);
    if (now === undefined || !mayAdd(rules(now), (await profiles.get(tx)).id)) return false;
    return (await lastMembers(tx, id)).has(profile);
  }

  async function lastMembers(tx: Tx, id: string): Promise<ReadonlySet<string>> {
    const now = await epochs.current(tx, id);
    if (now === undefined) return new Set();
    const groupId = toHex(groups.groupId(now.epoch.group));
    for (const epoch of (await listEpochIds(tx, id)).toReversed()) {
      const held = await epochs.load(tx, epoch);
      if (held === undefined || toHex(groups.groupId(held.epoch.group)) === groupId) continue;
      return new Set(groups.members(held.epoch.group).flatMap((member) => profileOf(member) ?? []));
    }
    return new Set();
  }

  const rules = (held: HeldEpoch): Rules => rulesIn(epochRoles, held);

  return { view, operation, founders, staying, wasInLast, lastMembers, rules };
}
