/** The contacts of this person, as their devices tell each other of them. */
import { text, toHex, utf8 } from "@pli/protocol/crypto";
import { parseCard } from "@pli/protocol/identity";
import { bytesOf, bytesUpTo, encodeCbor, exactly, isUint, oneOf, parseMap, textUpTo } from "@pli/protocol/object";
import { getConversation, insertConversation, setConversationState } from "../../epochs/conversations.table.ts";
import { streamOf } from "../../epochs/conversations.ts";
import { moveStream } from "../../delivery/queue/send-queue.table.ts";
import { findContactCertificate, findContactView, trustLevel } from "../../people/contacts.table.ts";
import type { Contact, Contacts } from "../../people/contacts.ts";
import type { Pairwise } from "../../people/pairwise.ts";
import type { SelfKeys, SelfMap } from "../../people/self-map.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { damaged } from "../../runtime/storage/row.ts";
import type { Blocking } from "../blocking/blocking.ts";
import type { BlockingFeature } from "../blocking/feature.ts";
import { COMING_PATIENCE_MS } from "../direct/own-awaiting.ts";
import type { Rejoining } from "../direct/rejoin.ts";
import { nameAnew } from "../messages/message-ids.ts";
import type { Stores } from "../../delivery/stores.ts";

const LOCAL_ID_BYTES = 16;
const MAX_BYTES = 16_384;
const CONTACT = {
  v: exactly(1),
  card: bytesUpTo(8192),
  certificate: bytesUpTo(4096),
  shared: bytesOf(32),
  level: isUint,
  pairwise: bytesOf(32),
  own: isUint,
  peer: isUint,
  role: oneOf("inviter", "responder"),
  store: textUpTo(255),
  feed: isUint,
};
const YES = Uint8Array.of(1);
const NO = Uint8Array.of(0);

/**
 * `contact/ID`: who they are, and what the two share. `name/ID`: the name that this person gave.
 * `blocked/ID`: one byte, 1 or 0.
 */
export function createContactKeys(
  context: Context,
  deps: {
    blocking: Blocking;
    block: BlockingFeature["commands"]["block"];
    contacts: Contacts;
    rejoining: Rejoining;
    selfMap: SelfMap;
    stores: Pick<Stores, "now">;
  },
): { readonly keys: Readonly<Record<string, SelfKeys>>; met(tx: Tx, id: string): Promise<void> } {
  const { clock, crypto } = context;
  const { blocking, contacts, rejoining, selfMap } = deps;

  async function valueOf(tx: Tx, id: string): Promise<Uint8Array> {
    const { card, pairwise: made, role, conversation } = (await contacts.find(tx, id)) ?? damaged("contact");
    const { shared, store, feed } = await getConversation(tx, conversation);
    const certificate = await findContactCertificate(tx, id);
    const level = (await findContactView(tx, id))?.level ?? 1;
    const { secret: pairwise, own, peer } = made;
    return encodeCbor({ v: 1, card: card.bytes, certificate, shared, level, pairwise, own, peer, role, store, feed });
  }

  async function take(tx: Tx, id: string, value: Uint8Array): Promise<void> {
    const told = parseMap(value, MAX_BYTES, CONTACT);
    const card = told && parseCard(crypto, told.card);
    if (told === undefined || card?.ok !== true || toHex(card.value.id) !== id) return;
    const known = await contacts.find(tx, id);
    if (known !== undefined && crypto.equal(known.pairwise.secret, told.pairwise)) return;
    const { shared, own, peer } = told;
    const pairwise = { secret: told.pairwise, own, peer };
    if (known !== undefined && (await isSameConversation(tx, known.conversation, shared)))
      return renew(tx, known, card.value.bytes, pairwise);
    const conversation = known?.conversation ?? toHex(crypto.random(LOCAL_ID_BYTES));
    const store = deps.stores.now(told.store);
    if (known?.blocked === true) await blocking.end(tx, known);
    if (known !== undefined) await rejoining.stop(tx, known);
    if (known !== undefined) await rejoining.forget(tx, known);
    const place = { id: conversation, kind: "direct", shared, contact: id, store, feed: told.feed } as const;
    await insertConversation(tx, { ...place, generation: 0, state: "joining" }, clock.now());
    // Another own device brings this one in.
    await setConversationState(tx, conversation, "joining");
    await rejoining.hold(tx, conversation, COMING_PATIENCE_MS);
    if (known !== undefined) await nameAnew(context, tx, conversation, shared);
    await moveStream(tx, streamOf(conversation), store);
    const { certificate, level, role } = told;
    await contacts.add(tx, { card: card.value, certificate, level: trustLevel(level), pairwise, role, conversation });
  }

  const isSameConversation = async (tx: Tx, conversation: string, shared: Uint8Array): Promise<boolean> =>
    crypto.equal((await getConversation(tx, conversation)).shared, shared);

  /**
   * The two have not paired again: their keys are of another generation, and so is their secret.
   */
  async function renew(tx: Tx, known: Contact, card: Uint8Array, made: Pairwise): Promise<void> {
    await contacts.renew(tx, known, card);
    const { own, peer } = known.pairwise;
    if (made.own >= own && made.peer >= peer) await rejoining.adopt(tx, known, made);
  }

  async function block(tx: Tx, contact: string, blocked: boolean): Promise<void> {
    if ((await contacts.find(tx, contact)) !== undefined) await deps.block(tx, { contact, blocked });
  }

  const ids = async (tx: Tx): Promise<string[]> => (await contacts.all(tx)).map(({ id }) => id);

  return {
    met: async (tx, id) => selfMap.set(tx, `contact/${id}`, await valueOf(tx, id)),
    keys: {
      contact: {
        apply: take,
        collect: async (tx) => {
          const all: [string, Uint8Array][] = [];
          for (const id of await ids(tx)) all.push([id, await valueOf(tx, id)]);
          return all;
        },
      },
      name: {
        apply: async (tx, id, value) => {
          const name = text(value);
          if (name !== undefined && (await contacts.find(tx, id)) !== undefined)
            await contacts.setGivenName(tx, id, name);
        },
        collect: async (tx) => {
          const all: [string, Uint8Array][] = [];
          for (const id of await ids(tx)) {
            const view = await findContactView(tx, id);
            if (view !== undefined && view.name !== view.ownName) all.push([id, utf8(view.name)]);
          }
          return all;
        },
      },
      blocked: {
        apply: (tx, id, value) => block(tx, id, value[0] === 1),
        collect: async (tx) =>
          (await contacts.all(tx))
            .filter(({ blocked }) => blocked)
            .map(({ id, blocked }) => [id, blocked ? YES : NO] as const),
      },
    },
  };
}
