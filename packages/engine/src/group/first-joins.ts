import { toHex } from "@pli/protocol/crypto";
import type { GroupControl } from "@pli/protocol/group";
import type { Context, Unit } from "../core/context.ts";
import type { Contact, Contacts } from "../profile/contacts.ts";
import { deleteMeta, findMeta, metaOf, saveMeta } from "../storage/meta.ts";
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
    const until = await findMeta<number>(unit, leftKeyOf(shared));
    return until !== undefined && clock.now() < until;
  }

  async function leave(unit: Unit, id: string, isSaid: boolean): Promise<void> {
    const conversation = await findConversation(unit, id);
    if (conversation === undefined) return;
    const until = clock.now() + (isSaid ? LEFT_MS : LEFT_UNSAID_MS);
    await saveMeta(unit, leftKeyOf(conversation.shared), until);
    await p.rejoining.takeBack(unit, conversation.shared);
  }

  async function isAsked(unit: Unit, shared: Uint8Array, by: string): Promise<boolean> {
    return (await findWaiting(unit, keyOf(shared, by))) !== undefined;
  }

  async function came(unit: Unit, shared: Uint8Array): Promise<void> {
    const contacts = await metaOf(unit, `${FIRST} ${toHex(shared)}`);
    for (const contact of contacts) await deleteMeta(unit, keyOf(shared, contact));
    await deleteMeta(unit, leftKeyOf(shared));
  }

  async function askOnce(unit: Unit, contact: Contact, shared: Uint8Array): Promise<void> {
    const key = keyOf(shared, contact.id);
    await forgetOld(unit);
    if ((await findWaiting(unit, key)) !== undefined || (await metaOf(unit, FIRST)).length >= MAX_WAITING) return;
    await saveMeta(unit, key, { at: clock.now() } satisfies Waiting);
    await ask(unit, contact, shared, new Uint8Array(0));
  }

  async function forgetOld(unit: Unit): Promise<void> {
    for (const waiting of await metaOf(unit, FIRST)) {
      const key = `${FIRST} ${waiting}`;
      const at = (await findWaiting(unit, key))?.at;
      if (at !== undefined && Math.abs(clock.now() - at) > WAITED_MS) await deleteMeta(unit, key);
    }
  }

  async function answered(
    unit: Unit,
    contact: Contact,
    { conversation, standing, place, leaf }: RejoinAnswer,
  ): Promise<void> {
    const key = keyOf(conversation, contact.id);
    const waiting = await findWaiting(unit, key);
    if (waiting === undefined || waiting.told === true) return;
    if (standing !== 0 || place === null || leaf.length === 0) return;
    await saveMeta(unit, key, { ...waiting, told: true } satisfies Waiting);
    const name = { group: placeFrom(place).group, encryptionKey: toHex(leaf) };
    await ask(unit, contact, conversation, await p.rejoining.createConsent(unit, contact, conversation, name));
  }

  async function ask(unit: Unit, contact: Contact, conversation: Uint8Array, keyPackage: Uint8Array): Promise<void> {
    await p.talk.send(unit, contact.conversation, { name: "group-rejoin", conversation, place: null, keyPackage });
  }

  return { failed, listed, answered, isAsked, came, leave };
}

const leftKeyOf = (shared: Uint8Array): string => `left ${toHex(shared)}`;
const FIRST = "first";
const keyOf = (shared: Uint8Array, contact: string): string => `${FIRST} ${toHex(shared)} ${contact}`;

/** A contact who was asked, and when. `told`: they have named our leaf, and were given consent to replace it. */
interface Waiting {
  readonly at: number;
  readonly told?: true;
}

const findWaiting = (unit: Unit, key: string): Promise<Waiting | undefined> => findMeta(unit, key);
