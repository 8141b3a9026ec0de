import { toHex } from "@pli/protocol/crypto";
import { checkCredential, parseCard, type Card } from "@pli/protocol/identity";
import type { LeafCheck } from "@pli/protocol/conversation";
import type { TrustLevel } from "../api/views.ts";
import type { Context, Tx } from "../runtime/context.ts";
import { PliError } from "../runtime/errors.ts";
import { damaged } from "../runtime/storage/row.ts";
import { nameOfOnesOwn } from "./allowed-name.ts";
import {
  findKeptContact,
  findKeptContactOf,
  hasContact,
  insertContact,
  listKeptContacts,
  saveBlocked,
  saveContactCard,
  saveGivenName,
  type KeptContact,
} from "./contacts.table.ts";
import type { Generations } from "./generations.ts";
import { isNewerCard } from "./newer-card.ts";
import type { Pairwise } from "./pairwise.ts";
import type { Profile } from "./profile.ts";

/** A person this profile knows, with the secret the two share for finding each other again. */
export interface Contact extends Omit<KeptContact, "card"> {
  readonly card: Card;
}

/** A person, and the highest generation of keys that was seen of them. */
export type Keyed = Pick<Contact, "id" | "generation">;

export interface Contacts {
  find(tx: Tx, id: string): Promise<Contact | undefined>;
  ofConversation(tx: Tx, conversation: string): Promise<Contact | undefined>;
  all(tx: Tx): Promise<Contact[]>;
  add(
    tx: Tx,
    p: {
      card: Card;
      certificate: Uint8Array;
      level: TrustLevel;
      pairwise: Pairwise;
      role: "inviter" | "responder";
      conversation: string;
    },
  ): Promise<void>;
  /** A newer card of the same person: their name changes. Gives the two names when it did. */
  renew(tx: Tx, contact: Contact, card: Uint8Array): Promise<{ from: string; to: string } | undefined>;
  setGivenName(tx: Tx, id: string, name: string): Promise<void>;
  setBlocked(tx: Tx, id: string, blocked: boolean): Promise<void>;
  /**
   * Accepts leaves of these two people only (docs/protocol.md, section 6), by keys of no earlier
   * generation than was seen of them. `any time` for commits: whether one counts must not depend on
   * when it is read, nor on what its reader has seen elsewhere.
   */
  leafCheck(profile: Profile, peer: Keyed, when?: "now" | "any time"): LeafCheck;
  /** Accepts leaves of this person's own devices only. */
  leafCheckOfOwn(profile: Profile): LeafCheck;
  /** Accepts leaves of this person, now. */
  leafCheckOf(person: Keyed): LeafCheck;
  /**
   * Accepts whatever leaf certifies itself, at any time: in a group, the rules say who comes in.
   */
  leafCheckOfAnyone(): LeafCheck;
}

export function createContacts(context: Context, { generations }: { generations: Generations }): Contacts {
  const { crypto, clock } = context;
  const cards = new Map<string, Card>();

  const contactFrom = (kept: KeptContact): Contact => ({ ...kept, card: cardFrom(kept.id, kept.card) });

  /** Checking a card's signatures takes milliseconds: it is done once. */
  function cardFrom(id: string, bytes: Uint8Array): Card {
    const known = cards.get(id);
    if (known !== undefined && crypto.equal(known.bytes, bytes)) return known;
    const card = parseCard(crypto, bytes);
    if (!card.ok || toHex(card.value.id) !== id) return damaged("contact card");
    cards.set(id, card.value);
    return card.value;
  }

  async function find(tx: Tx, id: string): Promise<Contact | undefined> {
    const kept = await findKeptContact(tx, id);
    return kept && contactFrom(kept);
  }

  async function ofConversation(tx: Tx, conversation: string): Promise<Contact | undefined> {
    const kept = await findKeptContactOf(tx, conversation);
    return kept && contactFrom(kept);
  }

  async function mustExist(tx: Tx, id: string): Promise<void> {
    if (!(await hasContact(tx, id))) throw new PliError("contact_unknown");
  }

  function leafCheck(when: "now" | "any time", people: readonly Keyed[]): LeafCheck {
    return (credential, signatureKey) => {
      const at = when === "any time" ? when : Math.floor(clock.now() / 1000);
      const leaf = checkCredential(crypto, credential, signatureKey, at);
      if (!leaf.ok) return false;
      const profile = toHex(leaf.value.profileId);
      const person = people.find(({ id }) => id === profile);
      return person !== undefined && (when === "any time" || leaf.value.generation >= person.generation);
    };
  }

  const selfIn = ({ id, identity }: Profile): Keyed => ({ id, generation: identity.generation });

  return {
    find,
    ofConversation,
    all: async (tx) => (await listKeptContacts(tx)).map(contactFrom),
    add: async (tx, { card, ...fresh }) => {
      const { bytes, name: ownName } = card;
      await insertContact(tx, { ...fresh, id: toHex(card.id), card: bytes, ownName, pairedAt: clock.now() });
    },
    renew: async (tx, contact, bytes) => {
      const card = parseCard(crypto, bytes);
      if (!card.ok || toHex(card.value.id) !== contact.id) return undefined;
      if (card.value.generation < contact.generation) return undefined;
      if (!isNewerCard(card.value, contact.card, clock.now())) return undefined;
      await saveContactCard(tx, contact.id, bytes, card.value.name);
      await generations.saw(tx, contact.id, card.value.generation);
      const [from, to] = [contact.card.name, card.value.name];
      return from === to ? undefined : { from, to };
    },
    setGivenName: async (tx, id, wanted) => {
      await mustExist(tx, id);
      await saveGivenName(tx, id, nameOfOnesOwn(wanted));
    },
    setBlocked: async (tx, id, blocked) => {
      await mustExist(tx, id);
      await saveBlocked(tx, id, blocked);
    },
    leafCheck: (profile, peer, when = "now") => leafCheck(when, [selfIn(profile), peer]),
    leafCheckOfOwn: (profile) => leafCheck("any time", [selfIn(profile)]),
    leafCheckOf: (person) => leafCheck("now", [person]),
    leafCheckOfAnyone: () => (credential, signatureKey) =>
      checkCredential(crypto, credential, signatureKey, "any time").ok,
  };
}
