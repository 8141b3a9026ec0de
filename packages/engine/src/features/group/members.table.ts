/** The table `members`: the people of each group, as its newest epoch has them. */
import type { Role } from "../../api/views.ts";
import type { Tx } from "../../runtime/context.ts";
import type { SqlRow } from "../../runtime/ports.ts";
import { numberIn, textIn } from "../../runtime/storage/row.ts";

/** Somebody in a group. */
export interface GroupMember {
  readonly profile: string;
  readonly role: Role;
  readonly devices: number;
}

/** A member, and what is known of the person: of a contact the level of trust and two names. */
export interface KnownMember extends GroupMember {
  readonly contact?: { readonly level: number; readonly givenName: string; readonly ownName: string };
  /** As a group, or their own card, tells it. */
  readonly told?: string;
}

export async function saveMember(tx: Tx, conversation: string, member: GroupMember): Promise<void> {
  const { profile, devices, role } = member;
  await tx.sql.run("INSERT OR REPLACE INTO members (conversation, profile, devices, role) VALUES (?, ?, ?, ?)", [
    conversation,
    profile,
    devices,
    role,
  ]);
}

export async function listMembers(tx: Tx, conversation: string): Promise<GroupMember[]> {
  const rows = await tx.sql.all("SELECT profile, role, devices FROM members WHERE conversation = ?", [conversation]);
  return rows.map(memberFromRow);
}

/** The members, with what is known of each. */
export async function listKnownMembers(tx: Tx, conversation: string): Promise<KnownMember[]> {
  const rows = await tx.sql.all(
    `SELECT m.profile, m.role, m.devices, k.level, k.own_name, k.given_name, p.name AS told
     FROM members m LEFT JOIN contacts k ON k.id = m.profile LEFT JOIN people p ON p.profile = m.profile
     WHERE m.conversation = ?`,
    [conversation],
  );
  return rows.map((row) => ({
    ...memberFromRow(row),
    ...(row["level"] !== null && {
      contact: {
        level: numberIn(row, "level"),
        givenName: textIn(row, "given_name"),
        ownName: textIn(row, "own_name"),
      },
    }),
    ...(row["told"] !== null && { told: textIn(row, "told") }),
  }));
}

export async function isMember(tx: Tx, conversation: string, profile: string): Promise<boolean> {
  const sql = "SELECT 1 FROM members WHERE conversation = ? AND profile = ?";
  return (await tx.sql.all(sql, [conversation, profile])).length > 0;
}

/** The contacts in a group who are not blocked. */
export async function contactsIn(tx: Tx, conversation: string): Promise<string[]> {
  const rows = await tx.sql.all(
    "SELECT k.id FROM members m JOIN contacts k ON k.id = m.profile WHERE m.conversation = ? AND NOT k.blocked",
    [conversation],
  );
  return rows.map((row) => textIn(row, "id"));
}

/** Every group this profile is in, as far as this device knows. */
export async function groupsOf(tx: Tx, profile: string): Promise<string[]> {
  const rows = await tx.sql.all("SELECT conversation FROM members WHERE profile = ?", [profile]);
  return rows.map((row) => textIn(row, "conversation"));
}

/** Those of them in which this device works. */
export async function workingGroupsOf(tx: Tx, profile: string): Promise<string[]> {
  const rows = await tx.sql.all(
    "SELECT c.id FROM conversations c JOIN members m ON m.conversation = c.id WHERE c.state = 'ready' AND m.profile = ?",
    [profile],
  );
  return rows.map((row) => textIn(row, "id"));
}

export async function deleteMember(tx: Tx, conversation: string, profile: string): Promise<void> {
  await tx.sql.run("DELETE FROM members WHERE conversation = ? AND profile = ?", [conversation, profile]);
}

export async function deleteMembersOf(tx: Tx, conversation: string): Promise<void> {
  await tx.sql.run("DELETE FROM members WHERE conversation = ?", [conversation]);
}

const memberFromRow = (row: SqlRow): GroupMember => ({
  profile: textIn(row, "profile"),
  role: textIn(row, "role") as Role,
  devices: numberIn(row, "devices"),
});
