import { createLeaveStatement, type GroupControl } from "@pli/protocol/group";
import { toHex } from "@pli/protocol/crypto";
import type { Context, Tx } from "../../runtime/context.ts";
import { createPauses } from "../../runtime/pauses.ts";
import { findConversation } from "../../epochs/conversations.ts";
import type { Contact, Contacts } from "../../people/contacts.ts";
import type { Profiles } from "../../people/profile.ts";
import { deleteMeta, findMeta, metaOf, saveMeta } from "../../runtime/storage/meta.ts";
import { findGroup, listMembers } from "./members.ts";
import type { Talk } from "./talk.ts";

/** What was under way when this person left says nothing: those who heard it tell them no more. */
const UNDER_WAY_MS = 120_000;
/** So long this device remembers that its person left, and says so to those who list them. */
const REMEMBERED_MS = 90 * 86_400_000;
/** A contact is told no more often than this. */
const AGAIN_MS = 10_000;

type RejoinAnswer = GroupControl & { readonly name: "group-rejoin-answer" };

/**
 * Having left a group, for oneself, while others still list this person: their device could say
 * nothing there, or the store lost what it said. Contacts in the group are told between two. One
 * who lists them names the leaf that they know, and gets the signed word with which any member may
 * take that leaf out (docs/protocol.md, section 5.3).
 */
export interface Departures {
  /** This person leaves. `isSaid`: in the group; otherwise contacts are told. */
  leave(tx: Tx, conversation: string, isSaid: boolean): Promise<void>;
  /**
   * This person does not want to be in a group that a contact has put them into, or lists them in.
   */
  decline(tx: Tx, contact: Contact, shared: Uint8Array): Promise<void>;
  hasLeft(tx: Tx, shared: Uint8Array): Promise<boolean>;
  /** A contact tells this device, as a member of it, of this group. */
  listed(tx: Tx, contact: Contact, shared: Uint8Array): Promise<void>;
  /** A contact may name the leaf that they know of this person. */
  answered(tx: Tx, contact: Contact, answer: RejoinAnswer): Promise<void>;
  /**
   * An invitation of this contact led nowhere. Of one that came long after this person left, what
   * they said then is over; who invited them at that moment brought them back without knowing, and
   * is told.
   */
  invited(tx: Tx, contact: Contact, shared: Uint8Array): Promise<void>;
  /** This device is in it. */
  came(tx: Tx, shared: Uint8Array): Promise<void>;
  /** What is too old is forgotten. */
  tick(tx: Tx): Promise<void>;
}

export function createDepartures(
  context: Context,
  p: { contacts: Contacts; profiles: Profiles; talk: Talk },
): Departures {
  const { clock, crypto } = context;
  /** By the group, the contact and what they are told. */
  const isTimeTo = createPauses(clock, AGAIN_MS);

  async function leave(tx: Tx, id: string, isSaid: boolean): Promise<void> {
    const conversation = await findConversation(tx, id);
    if (conversation === undefined) return;
    const { shared } = conversation;
    await saveMeta(tx, keyOf(shared), clock.now());
    if (isSaid) return;
    for (const { profile } of await listMembers(tx, id)) {
      const contact = await p.contacts.find(tx, profile);
      if (contact?.blocked === false) await tellOut(tx, contact, shared);
    }
  }

  async function decline(tx: Tx, contact: Contact, shared: Uint8Array): Promise<void> {
    await saveMeta(tx, keyOf(shared), clock.now());
    await tellOut(tx, contact, shared);
  }

  const leftAt = (tx: Tx, shared: Uint8Array): Promise<number | undefined> => findMeta(tx, keyOf(shared));
  const isOld = (at: number): boolean => clock.since(at) >= REMEMBERED_MS;
  const isUnderWay = (at: number): boolean => clock.since(at) < UNDER_WAY_MS;

  async function hasLeft(tx: Tx, shared: Uint8Array): Promise<boolean> {
    const at = await leftAt(tx, shared);
    return at !== undefined && !isOld(at);
  }

  async function listed(tx: Tx, contact: Contact, shared: Uint8Array): Promise<void> {
    const at = await leftAt(tx, shared);
    if (at === undefined || !(await isOut(tx, shared))) return;
    if (!isUnderWay(at)) return tellOut(tx, contact, shared);
    const isFirst = isTimeTo(`${toHex(shared)} ${contact.id} later`);
    if (isFirst) tx.after(() => context.later(UNDER_WAY_MS, (later) => listed(later, contact, shared)));
  }

  /** Out of it, and not on the way into it again. */
  async function isOut(tx: Tx, shared: Uint8Array): Promise<boolean> {
    const conversation = await findGroup(tx, shared);
    return (await hasLeft(tx, shared)) && (conversation === undefined || conversation.state === "left");
  }

  const mayAnswer = (tx: Tx, contact: Contact, shared: Uint8Array): Promise<boolean> =>
    context.budgets.take(tx, "answers", `${contact.id} ${toHex(shared)}`);

  async function tellOut(tx: Tx, contact: Contact, shared: Uint8Array): Promise<void> {
    if (!isTimeTo(`${toHex(shared)} ${contact.id} out`) || !(await mayAnswer(tx, contact, shared))) return;
    const said = { name: "group-rejoin-answer", standing: 2, place: null, leaf: new Uint8Array(0) } as const;
    await p.talk.send(tx, contact.conversation, { ...said, conversation: shared });
  }

  async function answered(tx: Tx, contact: Contact, answer: RejoinAnswer): Promise<void> {
    const { conversation: shared, place, leaf } = answer;
    if (place === null || leaf.length === 0 || !(await isOut(tx, shared))) return;
    if (!(await mayAnswer(tx, contact, shared)) || !isTimeTo(`${toHex(shared)} ${contact.id} ${toHex(leaf)}`)) return;
    const signature = createLeaveStatement(crypto, {
      conversation: shared,
      groupId: place.group,
      encryptionKey: leaf,
      signKey: (await p.profiles.get(tx)).deviceKeys.secretKey,
    });
    const said = { name: "group-left", conversation: shared, group: place.group, leaf, signature } as const;
    await p.talk.send(tx, contact.conversation, said);
  }

  async function invited(tx: Tx, contact: Contact, shared: Uint8Array): Promise<void> {
    const at = await leftAt(tx, shared);
    if (at === undefined) return;
    if (isUnderWay(at)) await tellOut(tx, contact, shared);
    else await deleteMeta(tx, keyOf(shared));
  }

  const came = (tx: Tx, shared: Uint8Array): Promise<void> => deleteMeta(tx, keyOf(shared));

  async function tick(tx: Tx): Promise<void> {
    for (const shared of await metaOf(tx, LEFT)) {
      const at = await leftAt(tx, p.talk.bytes(shared));
      if (at !== undefined && isOld(at)) await deleteMeta(tx, keyOf(p.talk.bytes(shared)));
    }
  }

  return { leave, decline, hasLeft, listed, answered, invited, came, tick };
}

const LEFT = "left";
const keyOf = (shared: Uint8Array): string => `${LEFT} ${toHex(shared)}`;
