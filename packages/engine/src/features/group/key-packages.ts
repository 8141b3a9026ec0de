import { consentToAdd } from "@pli/protocol/group";
import type { Context, Tx } from "../../runtime/context.ts";
import type { Contact, Contacts } from "../../people/contacts.ts";
import type { OwnDevices } from "../../people/own-devices.ts";
import type { Profiles } from "../../people/profile.ts";
import { deleteMeta, findMeta, saveMeta } from "../../runtime/storage/meta.ts";
import {
  countGiven,
  countSet,
  deleteKeyPackage,
  deleteOlder,
  deleteTheirs,
  deleteTheirsFor,
  insertOurs,
  insertTheirs,
  keepNewestUsed,
  listContactsWithFewer,
  listTheirs,
  replaceSet,
  reserveTheirs,
  type Span,
} from "./key-packages.table.ts";
import type { Talk } from "./talk.ts";

/**
 * How many of a contact are kept of those that serve for one thing, or are replaced and may still
 * be on their way: the newest.
 */
const KEPT = 256;
/** How many of our key packages each contact holds, for adding us to groups while we are away. */
const HANDED_OUT = 3;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/**
 * Who asks for others gets no more a day: enough to found dozens of groups in an afternoon, and to
 * ask once an hour besides.
 */
const GIVEN_A_DAY = 96;
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
 * Of several own devices the oldest gives them: it brings the others in.
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
  /**
   * A usable one of each of these contacts, for this conversation alone: as long as it has a
   * pending operation it gets the same one, and no other gets it. Those who have none are asked for
   * more.
   */
  usable(tx: Tx, conversation: string, contacts: readonly string[]): Promise<Map<string, Uint8Array>>;
  /**
   * What these contacts wait for to be added to a conversation: nothing, as one of them has one
   * here; a clock that is right, here or there; or the contact.
   */
  waitsFor(tx: Tx, conversation: string, contacts: readonly string[]): Promise<"turn" | "clock" | "contact">;
  /** The one that `usable` gave this conversation of each of these serves for it, and no more. */
  used(tx: Tx, conversation: string, contacts: readonly string[]): Promise<void>;
  /** The days pass: old ones are replaced, those too old erased. */
  tick(tx: Tx): Promise<void>;
}

export function createKeyPackages(
  context: Context,
  deps: { contacts: Contacts; ownDevices: OwnDevices; profiles: Profiles; talk: Talk },
): KeyPackages {
  const { clock, crypto, groups } = context;
  const { contacts, profiles, talk } = deps;
  const asked = new Map<string, number>();

  async function handOut(tx: Tx, contact: Contact, all?: "all"): Promise<void> {
    if (contact.blocked || !(await deps.ownDevices.isFirst(tx))) return;
    // A contact who asks again and again would fill this disk and theirs.
    const isEnough =
      all === undefined
        ? (await countSet(tx, contact.id, freshNow())) >= HANDED_OUT
        : (await countGiven(tx, contact.id, clock.now(), DAY_MS)) > GIVEN_A_DAY - HANDED_OUT;
    if (isEnough) return;
    await replaceSet(tx, contact.id);
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
  const freshNow = (): Span => [clock.now() - FRESH_DAYS * DAY_MS, clock.now() + DAY_MS];

  async function make(
    tx: Tx,
    contact: string,
    { consent, days, use }: Parameters<KeyPackages["make"]>[2],
  ): Promise<Uint8Array> {
    const { keyPackage, secret } = await profiles.createKeyPackage(await profiles.get(tx), { consent, days });
    await insertOurs(tx, { contact, keyPackage, secret, madeAt: clock.now(), use });
    // Somebody may make us give them one after another.
    await keepNewestUsed(tx, contact, KEPT);
    return keyPackage;
  }

  async function take(tx: Tx, id: string, packages: readonly Uint8Array[]): Promise<void> {
    const contact = await contacts.find(tx, id);
    if (contact === undefined) return;
    await deleteTheirs(tx, id);
    await deleteMeta(tx, outOfTimeKey(id));
    for (const keyPackage of packages) {
      const problem = await problemOf(tx, contact, keyPackage, clock.now());
      if (problem === OUT_OF_TIME) await saveMeta(tx, outOfTimeKey(id), true);
      if (problem !== undefined) continue;
      await insertTheirs(tx, id, keyPackage, clock.now());
      asked.delete(id);
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

  async function usable(tx: Tx, conversation: string, ids: readonly string[]): Promise<Map<string, Uint8Array>> {
    const found = new Map<string, Uint8Array>();
    for (const id of ids) {
      const keyPackage = await firstOf(tx, conversation, id);
      if (keyPackage === undefined) await ask(tx, id);
      else found.set(id, keyPackage);
    }
    return found;
  }

  async function firstOf(tx: Tx, conversation: string, id: string): Promise<Uint8Array | undefined> {
    const contact = await contacts.find(tx, id);
    for (const { id: own, keyPackage, madeAt } of await listTheirs(tx, id, conversation)) {
      const isUsable = contact !== undefined && (await problemOf(tx, contact, keyPackage, clock.now())) === undefined;
      if (isUsable) {
        await reserveTheirs(tx, own, conversation);
        return keyPackage;
      }
      // By a clock that was set back since, it is not valid yet.
      if (clock.now() >= madeAt) await deleteKeyPackage(tx, own);
    }
    return undefined;
  }

  /**
   * Once a day at most; once an hour, as they give more, where the last ones were out of time by
   * this clock: it may be right again.
   */
  async function ask(tx: Tx, id: string): Promise<void> {
    const contact = await contacts.find(tx, id);
    const last = asked.get(id) ?? Number.NEGATIVE_INFINITY;
    const pause = (await findMeta<true>(tx, outOfTimeKey(id))) === undefined ? DAY_MS : HOUR_MS;
    if (contact === undefined || contact.blocked || clock.steady() - last < pause) return;
    asked.set(id, clock.steady());
    await talk.send(tx, contact.conversation, { name: "key-packages-wanted" });
  }

  async function waitsFor(tx: Tx, conversation: string, ids: readonly string[]): ReturnType<KeyPackages["waitsFor"]> {
    const problems: (string | undefined)[] = [];
    for (const id of ids) {
      const [first] = await listTheirs(tx, id, conversation);
      const contact = first && (await contacts.find(tx, id));
      if (first !== undefined && contact !== undefined)
        problems.push(await problemOf(tx, contact, first.keyPackage, clock.now()));
      else if ((await findMeta<true>(tx, outOfTimeKey(id))) !== undefined) problems.push(OUT_OF_TIME);
    }
    if (problems.includes(undefined)) return "turn";
    return problems.includes(OUT_OF_TIME) ? "clock" : "contact";
  }

  async function used(tx: Tx, conversation: string, ids: readonly string[]): Promise<void> {
    for (const id of ids) await deleteTheirsFor(tx, id, conversation);
  }

  async function tick(tx: Tx): Promise<void> {
    await deleteOlder(tx, clock.now(), VALID_DAYS * DAY_MS);
    for (const id of await listContactsWithFewer(tx, HANDED_OUT, freshNow())) {
      const contact = await contacts.find(tx, id);
      if (contact !== undefined) await handOut(tx, contact);
    }
  }

  return { handOut, make, take, usable, waitsFor, used, tick };
}
