import { toHex } from "@pli/protocol/crypto";
import { checkCredential, isCredentialOf, parseCard, type Card } from "@pli/protocol/identity";
import type { LeafCheck } from "@pli/protocol/conversation";
import type { ContactView, TrustLevel } from "../api/api.ts";
import type { Context, Tx } from "../runtime/context.ts";
import { PliError } from "../runtime/errors.ts";
import type { SqlRow } from "../runtime/ports.ts";
import { bytesIn, damaged, numberIn, textIn } from "../runtime/storage/row.ts";
import { nameOfOnesOwn } from "./allowed-name.ts";
import { isNewerCard } from "./newer-card.ts";
import type { Profile } from "./profile.ts";

/** A person this profile knows, with the secret the two share for finding each other again. */
export interface Contact {
  readonly id: string;
  readonly card: Card;
  readonly pairwise: Uint8Array;
  readonly role: "inviter" | "responder";
  readonly conversation: string;
  readonly store: string;
  readonly blocked: boolean;
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

const COLUMNS = "SELECT k.*, c.store FROM contacts k JOIN conversations c ON c.id = k.conversation";

export function createContacts(context: Context): Contacts {
  const { crypto, clock } = context;
  const cards = new Map<string, Card>();

  function contactFromRow(row: SqlRow): Contact {
    const id = textIn(row, "id");
    return {
      id,
      card: cardFrom(id, bytesIn(row, "card")),
      pairwise: bytesIn(row, "pairwise"),
      role: textIn(row, "role") === "inviter" ? "inviter" : "responder",
      conversation: textIn(row, "conversation"),
      store: textIn(row, "store"),
      blocked: numberIn(row, "blocked") !== 0,
    };
  }

  /** Checking a card's signatures takes milliseconds: it is done once. */
  function cardFrom(id: string, bytes: Uint8Array): Card {
    const known = cards.get(id);
    if (known !== undefined && crypto.equal(known.bytes, bytes)) return known;
    const card = parseCard(crypto, bytes);
    if (!card.ok || toHex(card.value.id) !== id) return damaged("contact card");
    cards.set(id, card.value);
    return card.value;
  }

  async function one(tx: Tx, where: string, value: string): Promise<Contact | undefined> {
    const [row] = await tx.sql.all(`${COLUMNS} WHERE ${where} = ?`, [value]);
    return row === undefined ? undefined : contactFromRow(row);
  }

  async function mustExist(tx: Tx, id: string): Promise<void> {
    if ((await one(tx, "k.id", id)) === undefined) throw new PliError("contact_unknown");
  }

  function leafCheck(when: "now" | "any time", cards?: readonly Card[]): LeafCheck {
    return (credential, signatureKey) => {
      const at = when === "any time" ? when : Math.floor(clock.now() / 1000);
      const leaf = checkCredential(crypto, credential, signatureKey, at);
      return leaf.ok && (cards === undefined || cards.some((card) => isCredentialOf(leaf.value, card)));
    };
  }

  return {
    find: (tx, id) => one(tx, "k.id", id),
    ofConversation: (tx, conversation) => one(tx, "k.conversation", conversation),
    all: async (tx) => (await tx.sql.all(COLUMNS)).map(contactFromRow),
    add: async (tx, p) => {
      const id = toHex(p.card.id);
      await tx.sql.run(
        `INSERT INTO contacts (id, card, certificate, own_name, level, pairwise, role, conversation, paired_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET card = excluded.card, certificate = excluded.certificate,
           own_name = excluded.own_name, level = excluded.level, pairwise = excluded.pairwise, role = excluded.role,
           conversation = excluded.conversation, paired_at = excluded.paired_at, blocked = 0`,
        [id, p.card.bytes, p.certificate, p.card.name, p.level, p.pairwise, p.role, p.conversation, clock.now()],
      );
      tx.changed("contacts", "conversations");
    },
    renew: async (tx, contact, bytes) => {
      const card = parseCard(crypto, bytes);
      if (!card.ok || toHex(card.value.id) !== contact.id) return undefined;
      if (!isNewerCard(card.value, contact.card, clock.now())) return undefined;
      await tx.sql.run("UPDATE contacts SET card = ?, own_name = ? WHERE id = ?", [bytes, card.value.name, contact.id]);
      tx.changed("contacts", "conversations");
      const [from, to] = [contact.card.name, card.value.name];
      return from === to ? undefined : { from, to };
    },
    setGivenName: async (tx, id, wanted) => {
      await mustExist(tx, id);
      await tx.sql.run("UPDATE contacts SET given_name = ? WHERE id = ?", [nameOfOnesOwn(wanted), id]);
      tx.changed("contacts", "conversations");
    },
    setBlocked: async (tx, id, blocked) => {
      await mustExist(tx, id);
      await tx.sql.run("UPDATE contacts SET blocked = ? WHERE id = ?", [blocked ? 1 : 0, id]);
      tx.changed("contacts", "conversations");
    },
    leafCheck: (profile, peer, when = "now") => leafCheck(when, [profile.card, peer]),
    leafCheckOf: ({ card }) => leafCheck("now", [card]),
    leafCheckOfAnyone: (when) => leafCheck(when),
  };
}

/** The name to show of a contact's row: the given one, otherwise their own. */
export function shownName(row: SqlRow): string {
  const given = textIn(row, "given_name");
  return given === "" ? textIn(row, "own_name") : given;
}

/** `over`: what of theirs was passed over, if that is to be told. */
export function contactViewFromRow(row: SqlRow, over: SqlRow = {}): ContactView {
  const count = Number(over["passed"] ?? 0);
  return {
    id: textIn(row, "id"),
    name: shownName(row),
    ownName: textIn(row, "own_name"),
    level: trustLevel(numberIn(row, "level")),
    conversation: textIn(row, "conversation"),
    pairedAt: numberIn(row, "paired_at"),
    blocked: numberIn(row, "blocked") !== 0,
    devices: 1,
    ...(count > 0 && { passedOver: { count, at: numberIn(over, "at") } }),
  };
}

export function trustLevel(level: number): TrustLevel {
  return level === 3 || level === 2 ? level : 1;
}
