import { toHex } from "@pli/protocol/crypto";
import type { GroupControl } from "@pli/protocol/group";
import type { Context, Unit } from "../core/context.ts";
import type { Contact, Contacts } from "../profile/contacts.ts";
import { textIn } from "../storage/row.ts";
import type { GroupRejoining } from "./rejoin.ts";
import { placeFrom } from "./places.ts";
import type { Talk } from "./talk.ts";

/** For so long somebody whose invitation led nowhere can bring this device in by another; and so many are waited for. */
const WAITED_MS = 600_000;
const MAX_WAITING = 16;

type RejoinAnswer = GroupControl & { readonly name: "group-rejoin-answer" };

/**
 * An invitation that led nowhere, as when the store lost the welcome: for the group this device is in, and it is not.
 * The one who invited is asked once to bring it in again. Nothing is shown meanwhile.
 */
export interface FirstJoins {
  failed(unit: Unit, shared: Uint8Array, by: string): Promise<void>;
  answered(unit: Unit, contact: Contact, answer: RejoinAnswer): Promise<void>;
}

export function createFirstJoins(
  context: Context,
  p: { contacts: Contacts; rejoining: Pick<GroupRejoining, "createConsent">; talk: Talk },
): FirstJoins {
  const { clock } = context;

  async function failed(unit: Unit, shared: Uint8Array, by: string): Promise<void> {
    await unit.sql.run("DELETE FROM meta WHERE key LIKE 'first %' AND abs(? - json_extract(value, '$.at')) > ?", [
      clock.now(),
      WAITED_MS,
    ]);
    const contact = await p.contacts.find(unit, by);
    const waiting = await unit.sql.all("SELECT key FROM meta WHERE key LIKE 'first %'");
    const isAsked = waiting.some((row) => textIn(row, "key") === keyOf(shared));
    if (contact === undefined || contact.blocked || isAsked || waiting.length >= MAX_WAITING) return;
    await unit.sql.run("INSERT INTO meta VALUES (?, ?)", [keyOf(shared), JSON.stringify({ by, at: clock.now() })]);
    await ask(unit, contact, shared, new Uint8Array(0));
  }

  async function answered(
    unit: Unit,
    contact: Contact,
    { conversation, standing, place, leaf }: RejoinAnswer,
  ): Promise<void> {
    const [row] = await unit.sql.all("SELECT value FROM meta WHERE key = ?", [keyOf(conversation)]);
    const waits = row === undefined ? undefined : (JSON.parse(textIn(row, "value")) as { by: string; told?: true });
    if (waits?.by !== contact.id || waits.told === true) return;
    if (standing !== 0 || place === null || leaf.length === 0) return;
    await unit.sql.run("UPDATE meta SET value = json_set(value, '$.told', json('true')) WHERE key = ?", [
      keyOf(conversation),
    ]);
    const name = { group: placeFrom(place).group, encryptionKey: toHex(leaf) };
    await ask(unit, contact, conversation, await p.rejoining.createConsent(unit, contact, conversation, name));
  }

  async function ask(unit: Unit, contact: Contact, conversation: Uint8Array, keyPackage: Uint8Array): Promise<void> {
    await p.talk.send(unit, contact.conversation, { name: "group-rejoin", conversation, place: null, keyPackage });
  }

  return { failed, answered };
}

const keyOf = (shared: Uint8Array): string => `first ${toHex(shared)}`;
