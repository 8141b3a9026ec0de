/** The people of a group, and its rules, as an epoch has them. */
import { profileOf, roleOf, type Rules } from "@pli/protocol/group";
import type { Member } from "@pli/protocol/conversation";
import type { Tx } from "../../runtime/context.ts";
import { setGroupName } from "../../epochs/conversations.table.ts";
import type { EpochRoles } from "../../epochs/epoch-roles.ts";
import type { HeldEpoch } from "../../epochs/epochs.ts";
import { damaged } from "../../runtime/storage/row.ts";
import { deleteMember, listMembers, saveMember } from "./members.table.ts";

/** The rules of a group, as this epoch has them. */
export const rulesIn = (epochRoles: EpochRoles, held: HeldEpoch): Rules => epochRoles.rules(held) ?? damaged("rules");

/**
 * The people of a group, written down from its newest epoch: what lists and names are read from.
 */
export async function saveMembers(
  tx: Tx,
  conversation: string,
  rules: Rules,
  members: readonly Member[],
): Promise<void> {
  const devices = new Map<string, number>();
  for (const member of members) {
    const profile = profileOf(member);
    if (profile !== undefined) devices.set(profile, (devices.get(profile) ?? 0) + 1);
  }
  const before = new Map((await listMembers(tx, conversation)).map((member) => [member.profile, member]));
  for (const [profile, count] of devices) {
    const role = roleOf(rules, profile);
    const known = before.get(profile);
    if (known?.role === role && known.devices === count) continue;
    await saveMember(tx, conversation, { profile, role, devices: count });
  }
  for (const profile of before.keys()) if (!devices.has(profile)) await deleteMember(tx, conversation, profile);
  await setGroupName(tx, conversation, rules.name);
  tx.changed("conversations", `messages:${conversation}`);
}
