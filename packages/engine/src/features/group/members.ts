import { profileOf, roleOf, type Rules } from "@pli/protocol/group";
import type { Member } from "@pli/protocol/conversation";
import type { Named, Role } from "../../api/api.ts";
import type { Tx } from "../../runtime/context.ts";
import { findConversation, setGroupName, type Conversation } from "../../epochs/conversations.table.ts";
import type { EpochRoles } from "../../epochs/epoch-roles.ts";
import type { HeldEpoch } from "../../epochs/epochs.ts";
import type { SqlRow } from "../../runtime/ports.ts";
import { damaged, numberIn, textIn } from "../../runtime/storage/row.ts";

/** Somebody in a group, as the newest epoch has it. */
export interface GroupMember {
  readonly profile: string;
  readonly role: Role;
  readonly devices: number;
}

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
    await tx.sql.run("INSERT OR REPLACE INTO members (conversation, profile, devices, role) VALUES (?, ?, ?, ?)", [
      conversation,
      profile,
      count,
      role,
    ]);
  }
  for (const profile of before.keys()) {
    if (devices.has(profile)) continue;
    await tx.sql.run("DELETE FROM members WHERE conversation = ? AND profile = ?", [conversation, profile]);
  }
  await setGroupName(tx, conversation, rules.name);
  tx.changed("conversations", `messages:${conversation}`);
}

export async function listMembers(tx: Tx, conversation: string): Promise<GroupMember[]> {
  const rows = await tx.sql.all("SELECT profile, role, devices FROM members WHERE conversation = ?", [conversation]);
  return rows.map((row) => ({
    profile: textIn(row, "profile"),
    role: textIn(row, "role") as Role,
    devices: numberIn(row, "devices"),
  }));
}

export async function isMember(tx: Tx, conversation: string, profile: string): Promise<boolean> {
  const rows = await tx.sql.all("SELECT 1 FROM members WHERE conversation = ? AND profile = ?", [
    conversation,
    profile,
  ]);
  return rows.length > 0;
}

/** The contacts in a group who are not blocked. */
export async function contactsIn(tx: Tx, conversation: string): Promise<string[]> {
  const rows = await tx.sql.all(
    "SELECT k.id FROM members m JOIN contacts k ON k.id = m.profile WHERE m.conversation = ? AND NOT k.blocked",
    [conversation],
  );
  return rows.map((row) => textIn(row, "id"));
}

/** The group that its members name by these bytes. */
export async function findGroup(tx: Tx, shared: Uint8Array): Promise<Conversation | undefined> {
  const [row] = await tx.sql.all("SELECT id FROM conversations WHERE shared = ? AND kind = 'group'", [shared]);
  return row === undefined ? undefined : findConversation(tx, textIn(row, "id"));
}

/** Every group this profile is in, as far as this device knows. */
export async function groupsOf(tx: Tx, profile: string): Promise<string[]> {
  const rows = await tx.sql.all("SELECT conversation FROM members WHERE profile = ?", [profile]);
  return rows.map((row) => textIn(row, "conversation"));
}

/** How long a profile id is shown when nobody has told a name for it. */
const SHORT_ID = 8;

/**
 * The name of a person as known here: the one given to a contact, their own, the one a group told;
 * else a piece of their id.
 */
export async function nameOf(tx: Tx, profile: string): Promise<string> {
  const [row] = await tx.sql.all(
    `SELECT (SELECT CASE given_name WHEN '' THEN own_name ELSE given_name END FROM contacts WHERE id = ?1) AS contact,
       (SELECT name FROM people WHERE profile = ?1) AS person`,
    [profile],
  );
  return nameIn(row ?? {}, profile);
}

/**
 * The name a person gave themselves, as far as it is known here: what others may be told, never a
 * name given by us.
 */
export async function ownNameOf(tx: Tx, profile: string): Promise<string> {
  const [row] = await tx.sql.all(
    `SELECT (SELECT own_name FROM contacts WHERE id = ?1) AS contact,
       (SELECT name FROM people WHERE profile = ?1) AS person`,
    [profile],
  );
  return nameIn(row ?? {}, profile);
}

function nameIn(row: SqlRow, profile: string): string {
  const name = row["contact"] ?? row["person"];
  return typeof name === "string" && name !== "" ? name : profile.slice(0, SHORT_ID);
}

export async function named(tx: Tx, profiles: readonly string[]): Promise<Named[]> {
  const people: Named[] = [];
  for (const id of profiles) people.push({ id, name: await nameOf(tx, id) });
  return people;
}
