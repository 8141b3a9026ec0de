import { consentToRejoin, type LeafName } from "@pli/protocol/group";
import { toHex } from "@pli/protocol/crypto";
import type { Context, Tx } from "../../runtime/context.ts";
import type { Contact } from "../../people/contacts.ts";
import { deleteOursFor } from "./key-packages.table.ts";
import type { KeyPackages } from "./key-packages.ts";
import type { Talk } from "./talk.ts";

/** Consent to come back is good for this long. */
const VALID_DAYS = 30;

/** Key packages with which a contact may put a new leaf of this device in the place of another. */
export interface Consents {
  /** For this contact, and in the place of that leaf alone. */
  create(tx: Tx, contact: Contact, conversation: Uint8Array, leaf: LeafName): Promise<Uint8Array>;
  /** Nobody can bring this device back any more with what it gave them. */
  takeBack(tx: Tx, conversation: Uint8Array): Promise<void>;
}

export function createConsents({ crypto }: Context, deps: { keyPackages: KeyPackages; talk: Talk }): Consents {
  const { keyPackages, talk } = deps;

  async function create(
    tx: Tx,
    contact: Contact,
    conversation: Uint8Array,
    { group, encryptionKey }: LeafName,
  ): Promise<Uint8Array> {
    const replaced = { conversation, groupId: talk.bytes(group), encryptionKey: talk.bytes(encryptionKey) };
    const consent = consentToRejoin(crypto, replaced, contact.card.id);
    return keyPackages.make(tx, contact.id, { consent, days: VALID_DAYS, use: useFor(conversation) });
  }

  async function takeBack(tx: Tx, conversation: Uint8Array): Promise<void> {
    await deleteOursFor(tx, useFor(conversation));
  }

  return { create, takeBack };
}

/** By this a key package is known that was given for one group. */
const useFor = (conversation: Uint8Array): string => `rejoin ${toHex(conversation)}`;
