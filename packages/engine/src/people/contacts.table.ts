/** The table `contacts`: the people whom this profile is paired with. */
import type { ContactView, TrustLevel } from "../api/views.ts";
import type { Tx } from "../runtime/context.ts";
import type { SqlRow } from "../runtime/ports.ts";
import { bytesIn, maybeBytesIn, numberIn, textIn } from "../runtime/storage/row.ts";
import { encodePairwise, pairwiseFrom, type Pairwise } from "./pairwise.ts";

/** A contact as it is kept, with the store of their conversation. */
export interface KeptContact {
  readonly id: string;
  /** The bytes of their card. */
  readonly card: Uint8Array;
  readonly pairwise: Pairwise;
  /** The secret before it: the contact may know no later one. */
  readonly former: Pairwise | undefined;
  readonly role: "inviter" | "responder";
  readonly conversation: string;
  readonly store: string;
  readonly blocked: boolean;
  /** The highest that was seen of their keys. */
  readonly generation: number;
}

const CONTACTS = `SELECT k.*, c.store, coalesce(g.generation, 0) AS generation FROM contacts k
  JOIN conversations c ON c.id = k.conversation LEFT JOIN generations g ON g.profile = k.id`;

export async function findKeptContact(tx: Tx, id: string): Promise<KeptContact | undefined> {
  const [row] = await tx.sql.all(`${CONTACTS} WHERE k.id = ?`, [id]);
  return row === undefined ? undefined : contactFromRow(row);
}

/** The other person of a conversation of two. */
export async function findKeptContactOf(tx: Tx, conversation: string): Promise<KeptContact | undefined> {
  const [row] = await tx.sql.all(`${CONTACTS} WHERE k.conversation = ?`, [conversation]);
  return row === undefined ? undefined : contactFromRow(row);
}

export async function listKeptContacts(tx: Tx): Promise<KeptContact[]> {
  return (await tx.sql.all(CONTACTS)).map(contactFromRow);
}

function contactFromRow(row: SqlRow): KeptContact {
  return {
    id: textIn(row, "id"),
    card: bytesIn(row, "card"),
    pairwise: {
      secret: bytesIn(row, "pairwise"),
      own: numberIn(row, "own_generation"),
      peer: numberIn(row, "peer_generation"),
    },
    former: formerIn(row),
    role: textIn(row, "role") === "inviter" ? "inviter" : "responder",
    conversation: textIn(row, "conversation"),
    store: textIn(row, "store"),
    blocked: isBlocked(row),
    generation: numberIn(row, "generation"),
  };
}

function formerIn(row: SqlRow): Pairwise | undefined {
  const former = maybeBytesIn(row, "former");
  return former && pairwiseFrom(former);
}

export async function hasContact(tx: Tx, id: string): Promise<boolean> {
  return (await tx.sql.all("SELECT 1 FROM contacts WHERE id = ?", [id])).length > 0;
}

export async function hasContacts(tx: Tx): Promise<boolean> {
  return (await tx.sql.all("SELECT 1 FROM contacts LIMIT 1")).length > 0;
}

/** Of a contact who is here already only the name that this person gave them stays. */
export async function insertContact(
  tx: Tx,
  fresh: Pick<KeptContact, "id" | "card" | "pairwise" | "role" | "conversation"> & {
    readonly certificate: Uint8Array;
    readonly ownName: string;
    readonly level: TrustLevel;
    readonly pairedAt: number;
  },
): Promise<void> {
  const { id, card, certificate, ownName, level, pairwise, role, conversation, pairedAt } = fresh;
  await tx.sql.run(
    `INSERT INTO contacts (id, card, certificate, own_name, level, pairwise, role, conversation, paired_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET card = excluded.card, certificate = excluded.certificate,
       own_name = excluded.own_name, level = excluded.level, pairwise = excluded.pairwise, role = excluded.role,
       conversation = excluded.conversation, paired_at = excluded.paired_at, blocked = 0`,
    [id, card, certificate, ownName, level, pairwise.secret, role, conversation, pairedAt],
  );
  await savePairwise(tx, id, pairwise, undefined);
  tx.changed("contacts", "conversations");
}

/** The two have made another secret; `former`: the one that the other may still know alone. */
export async function savePairwise(
  tx: Tx,
  id: string,
  { secret, own, peer }: Pairwise,
  former: Pairwise | undefined,
): Promise<void> {
  await tx.sql.run(
    "UPDATE contacts SET pairwise = ?, own_generation = ?, peer_generation = ?, former = ? WHERE id = ?",
    [secret, own, peer, former === undefined ? null : encodePairwise(former), id],
  );
}

/** Their card is another, with the name that stands in it. */
export async function saveContactCard(tx: Tx, id: string, card: Uint8Array, ownName: string): Promise<void> {
  await tx.sql.run("UPDATE contacts SET card = ?, own_name = ? WHERE id = ?", [card, ownName, id]);
  tx.changed("contacts", "conversations");
}

export async function saveGivenName(tx: Tx, id: string, name: string): Promise<void> {
  await tx.sql.run("UPDATE contacts SET given_name = ? WHERE id = ?", [name, id]);
  tx.changed("contacts", "conversations");
}

export async function saveBlocked(tx: Tx, id: string, blocked: boolean): Promise<void> {
  await tx.sql.run("UPDATE contacts SET blocked = ? WHERE id = ?", [blocked ? 1 : 0, id]);
  tx.changed("contacts", "conversations");
}

/** The certificate of the device that a contact paired with. */
export async function findContactCertificate(tx: Tx, id: string): Promise<Uint8Array> {
  const [row] = await tx.sql.all("SELECT certificate FROM contacts WHERE id = ?", [id]);
  return bytesIn(row ?? {}, "certificate");
}

/** All contacts as people see them. */
export async function listContactViews(tx: Tx): Promise<ContactView[]> {
  return (await tx.sql.all("SELECT * FROM contacts")).map(viewFromRow);
}

export async function findContactView(tx: Tx, id: string): Promise<ContactView | undefined> {
  const [row] = await tx.sql.all("SELECT * FROM contacts WHERE id = ?", [id]);
  return row === undefined ? undefined : viewFromRow(row);
}

function viewFromRow(row: SqlRow): ContactView {
  return {
    id: textIn(row, "id"),
    name: shownName(row),
    ownName: textIn(row, "own_name"),
    level: trustLevel(numberIn(row, "level")),
    conversation: textIn(row, "conversation"),
    pairedAt: numberIn(row, "paired_at"),
    blocked: isBlocked(row),
    devices: 1,
  };
}

const isBlocked = (row: SqlRow): boolean => numberIn(row, "blocked") !== 0;

/** The name to show of a contact's row: the given one, otherwise their own. */
export function shownName(row: SqlRow): string {
  const given = textIn(row, "given_name");
  return given === "" ? textIn(row, "own_name") : given;
}

/** How far a contact is trusted; undefined of somebody who is none. */
export async function findTrustLevel(tx: Tx, id: string): Promise<TrustLevel | undefined> {
  const [row] = await tx.sql.all("SELECT level FROM contacts WHERE id = ?", [id]);
  return row === undefined ? undefined : trustLevel(numberIn(row, "level"));
}

export function trustLevel(level: number): TrustLevel {
  return level === 3 || level === 2 ? level : 1;
}
