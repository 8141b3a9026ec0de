import { toHex } from "@pli/protocol/crypto";
import { checkCredential, isCredentialOf, parseCard, type Card } from "@pli/protocol/identity";
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
import { isNewerCard } from "./newer-card.ts";
import type { Profile } from "./profile.ts";

/** A person this profile knows, with the secret the two share for finding each other again. */
export interface Contact extends Omit<KeptContact, "card"> {
  readonly card: Card;
}

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
      pairwise: Uint8Array;
      role: "inviter" | "responder";
      conversation: string;
    },
  ): Promise<void>;
  /** A newer card of the same person: their name changes. Gives the two names when it did. */
  renew(tx: Tx, contact: Contact, card: Uint8Array): Promise<{ from: string; to: string } | undefined>;
  setGivenName(tx: Tx, id: string, name: string): Promise<void>;
  setBlocked(tx: Tx, id: string, blocked: boolean): Promise<void>;
  /**
   * Accepts leaves of these two people only (docs/protocol.md, section 6). `any time` for commits:
   * whether one counts must not depend on when it is read.
   */
  leafCheck(profile: Profile, peer: Card, when?: "now" | "any time"): LeafCheck;
  /** Accepts leaves of this contact, now. */
  leafCheckOf(contact: Contact): LeafCheck;
  /** Accepts whatever leaf certifies itself: in a group, the rules say who comes in. */
  leafCheckOfAnyone(when: "now" | "any time"): LeafCheck;
}

export function createContacts(context: Context): Contacts {
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

  function leafCheck(when: "now" | "any time", cards?: readonly Card[]): LeafCheck {
    return (credential, signatureKey) => {
      const at = when === "any time" ? when : Math.floor(clock.now() / 1000);
      const leaf = checkCredential(crypto, credential, signatureKey, at);
      return leaf.ok && (cards === undefined || cards.some((card) => isCredentialOf(leaf.value, card)));
    };
  }

  return {
    find,
    ofConversation,
    all: async (tx) => (await listKeptContacts(tx)).map(contactFrom),
    add: (tx, { card, ...fresh }) => {
      const { bytes, name: ownName } = card;
      return insertContact(tx, { ...fresh, id: toHex(card.id), card: bytes, ownName, pairedAt: clock.now() });
    },
    renew: async (tx, contact, bytes) => {
      const card = parseCard(crypto, bytes);
      if (!card.ok || toHex(card.value.id) !== contact.id) return undefined;
      if (!isNewerCard(card.value, contact.card, clock.now())) return undefined;
      await saveContactCard(tx, contact.id, bytes, card.value.name);
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
    leafCheck: (profile, peer, when = "now") => leafCheck(when, [profile.card, peer]),
    leafCheckOf: ({ card }) => leafCheck("now", [card]),
    leafCheckOfAnyone: (when) => leafCheck(when),
  };
}
