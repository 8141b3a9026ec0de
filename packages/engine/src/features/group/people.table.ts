/**
 * The table `people`: those met in groups, with the names told and the cards they signed; and how
 * people are called here, contacts too.
 */
import type { Pointer } from "@pli/protocol/conversation";
import type { Named } from "../../api/views.ts";
import type { Tx } from "../../runtime/context.ts";
import type { SqlRow } from "../../runtime/ports.ts";
import { maybeBytesIn, numberIn, textIn } from "../../runtime/storage/row.ts";

/** How many characters of a profile id are shown when nobody has told a name for it. */
const SHORT_ID = 8;

/** Whom somebody tells of: what is known already stays. */
export async function savePersonTold(tx: Tx, profile: string, name: string, card: Pointer | undefined): Promise<void> {
  await tx.sql.run(
    `INSERT INTO people (profile, name, card_seed, card_length) VALUES (?, ?, ?, ?)
     ON CONFLICT (profile) DO UPDATE SET card_seed = coalesce(people.card_seed, excluded.card_seed),
       card_length = coalesce(people.card_length, excluded.card_length)`,
    [profile, name, card?.seed ?? null, card?.length ?? null],
  );
}

/** Where the card of a person stands in a store. */
export async function saveCardPointer(tx: Tx, profile: string, card: Pointer): Promise<void> {
  await tx.sql.run(
    `INSERT INTO people (profile, name, card_seed, card_length) VALUES (?, '', ?, ?)
     ON CONFLICT (profile) DO UPDATE SET card_seed = excluded.card_seed, card_length = excluded.card_length`,
    [profile, card.seed, card.length],
  );
}

export async function findCardPointer(tx: Tx, profile: string): Promise<Pointer | undefined> {
  const [row] = await tx.sql.all("SELECT card_seed, card_length FROM people WHERE profile = ?", [profile]);
  const seed = row === undefined ? undefined : maybeBytesIn(row, "card_seed");
  return row === undefined || seed === undefined ? undefined : { seed, length: numberIn(row, "card_length") };
}

/** A card that a person has signed, and the name in it. */
export async function saveCard(tx: Tx, profile: string, card: { name: string; bytes: Uint8Array }): Promise<void> {
  await tx.sql.run(
    `INSERT INTO people (profile, name, card) VALUES (?, ?, ?)
     ON CONFLICT (profile) DO UPDATE SET name = excluded.name, card = excluded.card`,
    [profile, card.name, card.bytes],
  );
}

/** The name of a person, empty if nobody told it, and their card. */
export async function findPerson(
  tx: Tx,
  profile: string,
): Promise<{ name: string; card: Uint8Array | undefined } | undefined> {
  const [row] = await tx.sql.all("SELECT name, card FROM people WHERE profile = ?", [profile]);
  return row && { name: textIn(row, "name"), card: maybeBytesIn(row, "card") };
}

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

/** These people, in this order, with their names as known here. */
export async function named(tx: Tx, profiles: readonly string[]): Promise<Named[]> {
  const people: Named[] = [];
  for (const id of profiles) people.push({ id, name: await nameOf(tx, id) });
  return people;
}

/** For somebody whose name nobody has told. */
export const shortName = (profile: string): string => profile.slice(0, SHORT_ID);

function nameIn(row: SqlRow, profile: string): string {
  const name = row["contact"] ?? row["person"];
  return typeof name === "string" && name !== "" ? name : shortName(profile);
}
