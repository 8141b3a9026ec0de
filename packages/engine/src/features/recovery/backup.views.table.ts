/**
 * What a backup reads of the tables: contacts and groups, each with what it takes to begin again.
 */
import type { BackedContact, BackedGroup } from "@pli/protocol/recovery";
import { fromHex } from "@pli/protocol/crypto";
import { pairwiseFrom } from "../../people/pairwise.ts";
import type { Tx } from "../../runtime/context.ts";
import type { SqlRow } from "../../runtime/ports.ts";
import { bytesIn, damaged, maybeBytesIn, numberIn, textIn } from "../../runtime/storage/row.ts";

export async function listBackedContacts(tx: Tx): Promise<BackedContact[]> {
  const rows = await tx.sql.all(
    `SELECT k.*, c.store, c.feed, c.shared, c.muted, coalesce(g.generation, 0) AS generation FROM contacts k
     JOIN conversations c ON c.id = k.conversation LEFT JOIN generations g ON g.profile = k.id ORDER BY k.id`,
  );
  return rows.map(contactFromRow);
}

function contactFromRow(row: SqlRow): BackedContact {
  const former = maybeBytesIn(row, "former");
  return {
    card: bytesIn(row, "card"),
    generation: numberIn(row, "generation"),
    pairwise: {
      secret: bytesIn(row, "pairwise"),
      own: numberIn(row, "own_generation"),
      peer: numberIn(row, "peer_generation"),
    },
    former: former === undefined ? null : pairwiseFrom(former),
    role: textIn(row, "role") === "inviter" ? "inviter" : "responder",
    level: numberIn(row, "level"),
    givenName: textIn(row, "given_name"),
    blocked: isSet(row, "blocked"),
    pairedAt: numberIn(row, "paired_at"),
    ...placeFrom(row),
  };
}

/** The groups that this person is in. */
export async function listBackedGroups(tx: Tx): Promise<BackedGroup[]> {
  const groups = await tx.sql.all(
    `SELECT id, name, store, feed, shared, muted FROM conversations
     WHERE kind = 'group' AND state IN ('ready', 'rejoining') ORDER BY shared`,
  );
  const members = Map.groupBy(
    await tx.sql.all("SELECT conversation, profile, role, devices FROM members ORDER BY conversation, profile"),
    (row) => textIn(row, "conversation"),
  );
  return groups.map((row) => ({
    name: textIn(row, "name"),
    members: (members.get(textIn(row, "id")) ?? []).map(memberFromRow),
    ...placeFrom(row),
  }));
}

const memberFromRow = (row: SqlRow): BackedGroup["members"][number] => ({
  profile: fromHex(textIn(row, "profile")) ?? damaged("profile"),
  role: textIn(row, "role") as BackedGroup["members"][number]["role"],
  devices: numberIn(row, "devices"),
});

const placeFrom = (row: SqlRow): Pick<BackedGroup, "shared" | "store" | "feed" | "muted"> => ({
  shared: bytesIn(row, "shared"),
  store: textIn(row, "store"),
  feed: numberIn(row, "feed"),
  muted: isSet(row, "muted"),
});

const isSet = (row: SqlRow, column: string): boolean => numberIn(row, column) !== 0;
