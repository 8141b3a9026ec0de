import { consentToAdd } from "@pli/protocol/group";
import type { Context, Tx } from "../../runtime/context.ts";
import type { Contact, Contacts } from "../../people/contacts.ts";
import type { Profiles } from "../../people/profile.ts";
import { deleteMeta, findMeta, saveMeta } from "../../runtime/storage/meta.ts";
import { bytesIn, damaged, maybeBytesIn, numberIn, textIn } from "../../runtime/storage/row.ts";
import type { Talk } from "./talk.ts";

/**
 * Of those that serve for one thing, or are replaced and may still be on their way, the newest so
 * many of a contact are kept.
 */
const KEPT = 256;
/** How many of our key packages each contact holds, for adding us to groups while we are away. */
const HANDED_OUT = 3;
const DAY_MS = 86_400_000;
/** Who asks for others gets them so long after the last ones at the earliest. */
const ASKED_AGAIN_MS = 3_600_000;
/** What the check of one says that is not valid yet, or not any more. */
const OUT_OF_TIME = "lifetime_refused";
/** That the last set of a contact was refused for that. */
const outOfTimeKey = (contact: string): string => `late ${contact}`;
/**
 * How long one is valid, after how long the contact is given others, and how long we can still open
 * what was made for one.
 */
const VALID_DAYS = 90;
const FRESH_DAYS = 60;

/**
 * Key packages in advance: each contact holds some of ours, made for that contact alone (the
 * consent inside names them), so that they can add us to a group at any time, and nobody else can.
 */
export interface KeyPackages {
  /**
   * Gives the contact a full set, when what they hold is short or old; `all`: whatever they hold.
   */
  handOut(tx: Tx, contact: Contact, all?: "all"): Promise<void>;
  /**
   * One of our own for this contact alone, that serves nothing but `use`; without it, it is one of
   * their set.
   */
  make(tx: Tx, contact: string, p: { consent: Uint8Array; days: number; use?: string }): Promise<Uint8Array>;
  /** A contact's set: what they gave before is forgotten. Those that cannot be used are dropped. */
  take(tx: Tx, contact: string, packages: readonly Uint8Array[]): Promise<void>;
  /** The next usable one of each of these contacts; those who have none are asked for more. */
  usable(tx: Tx, contacts: readonly string[]): Promise<Map<string, Uint8Array>>;
  /**
   * What these contacts wait for: nothing, as one of them has one here; a clock that is right, here
   * or there; or the contact.
   */
  waitsFor(tx: Tx, contacts: readonly string[]): Promise<"turn" | "clock" | "contact">;
  /** The one that `usable` gave of each of these is in a group now. */
  used(tx: Tx, contacts: readonly string[]): Promise<void>;
  /** Our own that could open an invitation of this contact. */
  ours(tx: Tx, contact: string): Promise<{ id: number; keyPackage: Uint8Array; secret: Uint8Array }[]>;
  /**
   * It has opened a group: its secret is erased. The contact gets another within an hour: at once
   * would tell who joined.
   */
  spent(tx: Tx, id: number): Promise<void>;
  /** The days pass: old ones are replaced, those too old erased. */
  tick(tx: Tx): Promise<void>;
}

export function createKeyPackages(
  context: Context,
  deps: { contacts: Contacts; profiles: Profiles; talk: Talk },
): KeyPackages {
  const { clock, crypto, groups } = context;
  const { contacts, profiles, talk } = deps;
  const asked = new Map<string, number>();

  async function handOut(tx: Tx, contact: Contact, all?: "all"): Promise<void> {
    if (contact.blocked) return;
    const held = await tx.sql.all(
      "SELECT id FROM key_packages WHERE contact = ? AND ours = 1 AND used_by IS NULL AND made_at BETWEEN ? AND ?",
      [contact.id, ...freshNow()],
    );
    const isEnough = all === undefined ? held.length >= HANDED_OUT : await gotSomeJustNow(tx, contact);
    if (isEnough) return;
    await tx.sql.run(
      "UPDATE key_packages SET used_by = 'replaced' WHERE contact = ? AND ours = 1 AND used_by IS NULL",
      [contact.id],
    );
    const packages: Uint8Array[] = [];
    for (let i = 0; i < HANDED_OUT; i++) {
      packages.push(await make(tx, contact.id, { consent: consentToAdd(contact.card.id), days: VALID_DAYS }));
    }
    await talk.send(tx, contact.conversation, { name: "key-packages", packages });
  }

  /**
   * Others refuse one that was made by a clock which was more than a day ahead: it is not valid
   * yet.
   */
  const freshNow = (): [number, number] => [clock.now() - FRESH_DAYS * DAY_MS, clock.now() + DAY_MS];

  async function make(
    tx: Tx,
    contact: string,
    { consent, days, use }: Parameters<KeyPackages["make"]>[2],
  ): Promise<Uint8Array> {
    const { keyPackage, secret } = await profiles.createKeyPackage(await profiles.get(tx), { consent, days });
    await tx.sql.run(
      "INSERT INTO key_packages (contact, ours, key_package, secret, made_at, used_by) VALUES (?, 1, ?, ?, ?, ?)",
      [contact, keyPackage, secret, clock.now(), use ?? null],
    );
    await forgetBeyond(tx, contact);
    return keyPackage;
  }

  /** Somebody may make us give them one after another. */
  async function forgetBeyond(tx: Tx, contact: string): Promise<void> {
    const given = "contact = ? AND ours = 1 AND used_by IS NOT NULL";
    await tx.sql.run(
      `DELETE FROM key_packages WHERE ${given} AND id NOT IN (SELECT id FROM key_packages WHERE ${given} ORDER BY id DESC LIMIT ?)`,
      [contact, contact, KEPT],
    );
  }

  /** A contact who asks again and again would fill this disk and theirs. */
  async function gotSomeJustNow(tx: Tx, contact: Contact): Promise<boolean> {
    const rows = await tx.sql.all(
      "SELECT 1 FROM key_packages WHERE contact = ? AND ours = 1 AND used_by IS NULL AND abs(? - made_at) < ? LIMIT 1",
      [contact.id, clock.now(), ASKED_AGAIN_MS],
    );
    return rows.length > 0;
  }

  async function take(tx: Tx, id: string, packages: readonly Uint8Array[]): Promise<void> {
    const contact = await contacts.find(tx, id);
    if (contact === undefined) return;
    asked.delete(id);
    await tx.sql.run("DELETE FROM key_packages WHERE contact = ? AND ours = 0", [id]);
    await deleteMeta(tx, outOfTimeKey(id));
    for (const keyPackage of packages) {
      const problem = await problemOf(tx, contact, keyPackage, clock.now());
      if (problem === OUT_OF_TIME) await saveMeta(tx, outOfTimeKey(id), true);
      if (problem !== undefined) continue;
      await tx.sql.run("INSERT INTO key_packages (contact, ours, key_package, made_at) VALUES (?, 0, ?, ?)", [
        id,
        keyPackage,
        clock.now(),
      ]);
    }
  }

  /** What keeps it from being of this very contact, made for us, and valid at that time (ms). */
  async function problemOf(tx: Tx, contact: Contact, keyPackage: Uint8Array, at: number): Promise<string | undefined> {
    const check = contacts.leafCheckOf(contact);
    const checked = await groups.checkKeyPackage(keyPackage, Math.floor(at / 1000), check);
    if (!checked.ok) return checked.error;
    const ours = consentToAdd((await profiles.get(tx)).card.id);
    const { consent } = checked.value;
    return consent !== undefined && crypto.equal(consent, ours) ? undefined : "not_for_us";
  }

  async function usable(tx: Tx, ids: readonly string[]): Promise<Map<string, Uint8Array>> {
    const found = new Map<string, Uint8Array>();
    for (const id of ids) {
      const keyPackage = await firstOf(tx, id);
      if (keyPackage === undefined) await ask(tx, id);
      else found.set(id, keyPackage);
    }
    return found;
  }

  async function firstOf(tx: Tx, id: string): Promise<Uint8Array | undefined> {
    const contact = await contacts.find(tx, id);
    const rows = await tx.sql.all(
      "SELECT key_package, made_at FROM key_packages WHERE contact = ? AND ours = 0 ORDER BY id",
      [id],
    );
    for (const row of rows) {
      const keyPackage = bytesIn(row, "key_package");
      const isUsable = contact !== undefined && (await problemOf(tx, contact, keyPackage, clock.now())) === undefined;
      if (isUsable) return keyPackage;
      // By a clock that was set back since, it is not valid yet.
      if (clock.now() >= numberIn(row, "made_at")) await remove(tx, keyPackage);
    }
    return undefined;
  }

  /** Once a day at most. */
  async function ask(tx: Tx, id: string): Promise<void> {
    const contact = await contacts.find(tx, id);
    const last = asked.get(id) ?? Number.NEGATIVE_INFINITY;
    if (contact === undefined || contact.blocked || clock.steady() - last < DAY_MS) return;
    asked.set(id, clock.steady());
    await talk.send(tx, contact.conversation, { name: "key-packages-wanted" });
  }

  async function remove(tx: Tx, keyPackage: Uint8Array): Promise<void> {
    await tx.sql.run("DELETE FROM key_packages WHERE ours = 0 AND key_package = ?", [keyPackage]);
  }

  async function waitsFor(tx: Tx, ids: readonly string[]): ReturnType<KeyPackages["waitsFor"]> {
    const problems: (string | undefined)[] = [];
    for (const id of ids) {
      const [row] = await tx.sql.all(
        "SELECT key_package FROM key_packages WHERE contact = ? AND ours = 0 ORDER BY id LIMIT 1",
        [id],
      );
      const contact = row === undefined ? undefined : await contacts.find(tx, id);
      if (row !== undefined && contact !== undefined)
        problems.push(await problemOf(tx, contact, bytesIn(row, "key_package"), clock.now()));
      else if ((await findMeta<true>(tx, outOfTimeKey(id))) !== undefined) problems.push(OUT_OF_TIME);
    }
    if (problems.includes(undefined)) return "turn";
    return problems.includes(OUT_OF_TIME) ? "clock" : "contact";
  }

  async function used(tx: Tx, ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      const first = "SELECT min(id) FROM key_packages WHERE contact = ? AND ours = 0";
      await tx.sql.run(`DELETE FROM key_packages WHERE id = (${first})`, [id]);
    }
  }

  async function ours(tx: Tx, contact: string): ReturnType<KeyPackages["ours"]> {
    const rows = await tx.sql.all(
      "SELECT id, key_package, secret FROM key_packages WHERE contact = ? AND ours = 1 AND secret IS NOT NULL ORDER BY id",
      [contact],
    );
    return rows.map((row) => ({
      id: numberIn(row, "id"),
      keyPackage: bytesIn(row, "key_package"),
      secret: maybeBytesIn(row, "secret") ?? damaged("key package"),
    }));
  }

  async function spent(tx: Tx, id: number): Promise<void> {
    await tx.sql.run("DELETE FROM key_packages WHERE id = ?", [id]);
  }

  async function tick(tx: Tx): Promise<void> {
    await tx.sql.run("DELETE FROM key_packages WHERE abs(? - made_at) > ?", [clock.now(), VALID_DAYS * DAY_MS]);
    const due = await tx.sql.all(
      `SELECT k.id FROM contacts k WHERE NOT k.blocked AND (SELECT count(*) FROM key_packages p
         WHERE p.contact = k.id AND p.ours = 1 AND p.used_by IS NULL AND p.made_at BETWEEN ? AND ?) < ? LIMIT 20`,
      [...freshNow(), HANDED_OUT],
    );
    for (const row of due) {
      const contact = await contacts.find(tx, textIn(row, "id"));
      if (contact !== undefined) await handOut(tx, contact);
    }
  }

  return { handOut, make, take, usable, waitsFor, used, ours, spent, tick };
}
