/** What the reducer of leaving needs to know of a group, gathered into events. */
import { profileOf, roleOf, verifyLeaveStatement, type LeaveEvent } from "@pli/protocol/group";
import type { Member } from "@pli/protocol/conversation";
import { toHex } from "@pli/protocol/crypto";
import { fractionFrom } from "../../runtime/chance.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { findGroup, type Conversation } from "../../epochs/conversations.table.ts";
import type { EpochRoles } from "../../epochs/epoch-roles.ts";
import type { Epochs, HeldEpoch } from "../../epochs/epochs.ts";
import type { Profiles } from "../../people/profile.ts";
import { damaged } from "../../runtime/storage/row.ts";
import { rulesIn } from "./members.ts";
import { leaversIn, listPendingOperations, type PendingOperation } from "./pending-operations.table.ts";
import { isLastOwner } from "./plan.ts";

export interface LeaveEvents {
  /** How far leaving is; undefined: this person does not leave, or this device holds no epoch. */
  ready(tx: Tx, shared: Uint8Array): Promise<LeaveEvent | undefined>;
  /** The statement of a member, if it is good. */
  memberLeft(
    tx: Tx,
    conversation: Conversation,
    isLeaver: (member: Member) => boolean,
    signature: Uint8Array,
  ): Promise<LeaveEvent | undefined>;
}

export function createLeaveEvents(
  context: Context,
  deps: { epochs: Epochs; epochRoles: EpochRoles; profiles: Profiles },
): LeaveEvents {
  const { clock, crypto, groups } = context;
  const { epochs, epochRoles, profiles } = deps;

  async function ready(tx: Tx, shared: Uint8Array): Promise<LeaveEvent | undefined> {
    const conversation = await findGroup(tx, shared);
    const operations = conversation === undefined ? [] : await listPendingOperations(tx, conversation.id);
    const leaves = operations.map(({ operation }) => operation).filter(({ kind }) => kind === "leave");
    const held = conversation && leaves.length > 0 ? await epochs.current(tx, conversation.id) : undefined;
    if (held === undefined) return undefined;
    return {
      type: "ready",
      others: groups.members(held.epoch.group).length - 1,
      needsSuccessor: await needsSuccessor(tx, held, leaves),
    };
  }

  /** Where the last owner named nobody, the rules say who inherits. */
  async function needsSuccessor(tx: Tx, held: HeldEpoch, leaves: readonly PendingOperation[]): Promise<boolean> {
    const isNamed = leaves.some((operation) => operation.kind === "leave" && operation.successor !== undefined);
    if (!isNamed) return false;
    return isLastOwner(rulesIn(epochRoles, held), (await profiles.get(tx)).id, await leaversIn(tx, held.conversation));
  }

  /**
   * A statement is good for one leaf of one MLS group. A device that is stopped keeps it until it
   * works.
   */
  async function memberLeft(
    tx: Tx,
    { id, shared, state }: Conversation,
    isLeaver: (member: Member) => boolean,
    signature: Uint8Array,
  ): Promise<LeaveEvent | undefined> {
    const held = await epochs.current(tx, id);
    if (held === undefined || (state !== "ready" && state !== "rejoining")) return undefined;
    const { group } = held.epoch;
    const members = groups.members(group);
    const leaver = members.find(isLeaver);
    const place = { conversation: shared, groupId: groups.groupId(group) };
    if (leaver === undefined || !verifyLeaveStatement(crypto, place, leaver, signature)) return undefined;
    const left = {
      leaf: leaver.leaf,
      profile: profileOf(leaver) ?? damaged("credential"),
      signature: toHex(signature),
    };
    return {
      type: "memberLeft",
      now: clock.now(),
      left,
      isKnown: await isKnown(tx, id, left),
      role: roleOf(rulesIn(epochRoles, held), (await profiles.get(tx)).id),
      members: members.length,
      random: fractionFrom(crypto.random(2)),
    };
  }

  /** Ed25519 gives one signature for one statement: said again, it is the same operation. */
  async function isKnown(
    tx: Tx,
    id: string,
    { leaf, signature }: { leaf: number; signature: string },
  ): Promise<boolean> {
    const operations = (await listPendingOperations(tx, id)).map(({ operation }) => operation);
    return operations.some((one) => one.kind === "left" && one.leaf === leaf && one.signature === signature);
  }

  return { ready, memberLeft };
}
