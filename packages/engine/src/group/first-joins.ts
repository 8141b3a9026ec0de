import { toHex } from "@pli/protocol/crypto";
import type { GroupControl } from "@pli/protocol/group";
import type { Context, Unit } from "../core/context.ts";
import type { Contact, Contacts } from "../profile/contacts.ts";
import { numberIn, textIn } from "../storage/row.ts";
import { findConversation } from "../conversation/conversations.ts";
import { findGroup } from "./members.ts";
import type { GroupRejoining } from "./rejoin.ts";
import { placeFrom } from "./places.ts";
import type { Talk } from "./talk.ts";

/** For so long somebody whose invitation led nowhere can bring this device in by another; and this many are waited for. */
const WAITED_MS = 600_000;
const MAX_WAITING = 16;
/** What was under way when this person left says nothing: those who know that they leave tell them no more. */
const LEFT_MS = 120_000;
/** Who left while their device could not work there has told nobody: they stay in the list until somebody takes them out. */
const LEFT_UNSAID_MS = 90 * 86_400_000;

type RejoinAnswer = GroupControl & { readonly name: "group-rejoin-answer" };

/**
 * Being in a group, for the others, and not knowing it: the invitation led nowhere, as when the store lost the welcome, or
 * who added this person kept it to themselves. A contact in the group is asked once to bring this device in again.
 * Nothing is shown meanwhile.
 */
export interface FirstJoins {
  /** An invitation of this contact led nowhere. */
  failed(unit: Unit, shared: Uint8Array, by: string): Promise<void>;
  /** A contact tells this device, as a member of it, of this group. */
  listed(unit: Unit, contact: Contact, shared: Uint8Array): Promise<void>;
  answered(unit: Unit, contact: Contact, answer: RejoinAnswer): Promise<void>;
  isAsked(unit: Unit, shared: Uint8Array, by: string): Promise<boolean>;
  /** This device is in it. */
  came(unit: Unit, shared: Uint8Array): Promise<void>;
  /** This person leaves: others may list them for a while still, and for long when they cannot be told. */
  leave(unit: Unit, conversation: string, isSaid: boolean): Promise<void>;
}

export function createFirstJoins(
  context: Context,
  p: { contacts: Contacts; rejoining: Pick<GroupRejoining, "createConsent" | "takeBack">; talk: Talk },
): FirstJoins {
  const { clock } = context;

  async function failed(unit: Unit, shared: Uint8Array, by: string): Promise<void> {
    const contact = await p.contacts.find(unit, by);
    if (contact !== undefined && !contact.blocked && !(await hasLeft(unit, shared)))
      await askOnce(unit, contact, shared);
  }

  async function listed(unit: Unit, contact: Contact, shared: Uint8Array): Promise<void> {
    const conversation = await findGroup(unit, shared);
    if (conversation !== undefined && conversation.state !== "left") return;
    if (!(await hasLeft(unit, shared))) await askOnce(unit, contact, shared);
  }

  async function hasLeft(unit: Unit, shared: Uint8Array): Promise<boolean> {
    const [left] = await unit.sql.all("SELECT value FROM meta WHERE key = ?", [leftKeyOf(shared)]);
    return left !== undefined && clock.now() < numberIn(left, "value");
  }

  async function leave(unit: Unit, id: string, isSaid: boolean): Promise<void> {
    const conversation = await findConversation(unit, id);
    if (conversation === undefined) return;
    const until = clock.now() + (isSaid ? LEFT_MS : LEFT_UNSAID_MS);
    await unit.sql.run("INSERT OR REPLACE INTO meta VALUES (?, ?)", [leftKeyOf(conversation.shared), until]);
    await p.rejoining.takeBack(unit, conversation.shared);
  }

  async function isAsked(unit: Unit, shared: Uint8Array, by: string): Promise<boolean> {
    return (await unit.sql.all("SELECT 1 FROM meta WHERE key = ?", [keyOf(shared, by)])).length > 0;
  }

  async function came(unit: Unit, shared: Uint8Array): Promise<void> {
    const any = keyOf(shared, "%");
    await unit.sql.run("DELETE FROM meta WHERE key LIKE ? OR key = ?", [any, leftKeyOf(shared)]);
  }

  async function askOnce(unit: Unit, contact: Contact, shared: Uint8Array): Promise<void> {
    await unit.sql.run("DELETE FROM meta WHERE key LIKE 'first %' AND abs(? - json_extract(value, '$.at')) > ?", [
      clock.now(),
      WAITED_MS,
    ]);
    const waiting = await unit.sql.all("SELECT key FROM meta WHERE key LIKE 'first %'");
    const isWaiting = waiting.some((row) => textIn(row, "key") === keyOf(shared, contact.id));
    if (isWaiting || waiting.length >= MAX_WAITING) return;
    await unit.sql.run("INSERT INTO meta VALUES (?, ?)", [
      keyOf(shared, contact.id),
      JSON.stringify({ at: clock.now() }),
    ]);
    await ask(unit, contact, shared, new Uint8Array(0));
  }

  async function answered(
    unit: Unit,
    contact: Contact,
    { conversation, standing, place, leaf }: RejoinAnswer,
  ): Promise<void> {
    const key = keyOf(conversation, contact.id);
    const [row] = await unit.sql.all("SELECT value FROM meta WHERE key = ?", [key]);
    const waits = row === undefined ? undefined : (JSON.parse(textIn(row, "value")) as { told?: true });
    if (waits === undefined || waits.told === true) return;
    if (standing !== 0 || place === null || leaf.length === 0) return;
    await unit.sql.run("UPDATE meta SET value = json_set(value, '$.told', json('true')) WHERE key = ?", [key]);
    const name = { group: placeFrom(place).group, encryptionKey: toHex(leaf) };
    await ask(unit, contact, conversation, await p.rejoining.createConsent(unit, contact, conversation, name));
  }

  async function ask(unit: Unit, contact: Contact, conversation: Uint8Array, keyPackage: Uint8Array): Promise<void> {
    await p.talk.send(unit, contact.conversation, { name: "group-rejoin", conversation, place: null, keyPackage });
  }

  return { failed, listed, answered, isAsked, came, leave };
}

const leftKeyOf = (shared: Uint8Array): string => `left ${toHex(shared)}`;
const keyOf = (shared: Uint8Array, contact: string): string => `first ${toHex(shared)} ${contact}`;
