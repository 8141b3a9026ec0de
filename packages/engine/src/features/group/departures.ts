import { createLeaveStatement, type GroupControl } from "@pli/protocol/group";
import { toHex } from "@pli/protocol/crypto";
import type { Context, Unit } from "../../runtime/context.ts";
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
  leave(unit: Unit, conversation: string, isSaid: boolean): Promise<void>;
  /**
   * This person does not want to be in a group that a contact has put them into, or lists them in.
   */
  decline(unit: Unit, contact: Contact, shared: Uint8Array): Promise<void>;
  hasLeft(unit: Unit, shared: Uint8Array): Promise<boolean>;
  /** A contact tells this device, as a member of it, of this group. */
  listed(unit: Unit, contact: Contact, shared: Uint8Array): Promise<void>;
  /** A contact may name the leaf that they know of this person. */
  answered(unit: Unit, contact: Contact, answer: RejoinAnswer): Promise<void>;
  /**
   * An invitation of this contact led nowhere. Of one that came long after this person left, what
   * they said then is over; who invited them at that moment brought them back without knowing, and
   * is told.
   */
  invited(unit: Unit, contact: Contact, shared: Uint8Array): Promise<void>;
  /** This device is in it. */
  came(unit: Unit, shared: Uint8Array): Promise<void>;
  /** What is too old is forgotten. */
  tick(unit: Unit): Promise<void>;
}

export function createDepartures(
  context: Context,
  p: { contacts: Contacts; profiles: Profiles; talk: Talk },
): Departures {
  const { clock, crypto } = context;
  /** By the group, the contact and what they are told. */
  const isTimeTo = createPauses(clock, AGAIN_MS);

  async function leave(unit: Unit, id: string, isSaid: boolean): Promise<void> {
    const conversation = await findConversation(unit, id);
    if (conversation === undefined) return;
    const { shared } = conversation;
    await saveMeta(unit, keyOf(shared), clock.now());
    if (isSaid) return;
    for (const { profile } of await listMembers(unit, id)) {
      const contact = await p.contacts.find(unit, profile);
      if (contact?.blocked === false) await tellOut(unit, contact, shared);
    }
  }

  async function decline(unit: Unit, contact: Contact, shared: Uint8Array): Promise<void> {
    await saveMeta(unit, keyOf(shared), clock.now());
    await tellOut(unit, contact, shared);
  }

  const leftAt = (unit: Unit, shared: Uint8Array): Promise<number | undefined> => findMeta(unit, keyOf(shared));
  const isOld = (at: number): boolean => clock.since(at) >= REMEMBERED_MS;
  const isUnderWay = (at: number): boolean => clock.since(at) < UNDER_WAY_MS;

  async function hasLeft(unit: Unit, shared: Uint8Array): Promise<boolean> {
    const at = await leftAt(unit, shared);
    return at !== undefined && !isOld(at);
  }

  async function listed(unit: Unit, contact: Contact, shared: Uint8Array): Promise<void> {
    const at = await leftAt(unit, shared);
    if (at === undefined || !(await isOut(unit, shared))) return;
    if (!isUnderWay(at)) return tellOut(unit, contact, shared);
    const isFirst = isTimeTo(`${toHex(shared)} ${contact.id} later`);
    if (isFirst) unit.after(() => context.later(UNDER_WAY_MS, (later) => listed(later, contact, shared)));
  }

  /** Out of it, and not on the way into it again. */
  async function isOut(unit: Unit, shared: Uint8Array): Promise<boolean> {
    const conversation = await findGroup(unit, shared);
    return (await hasLeft(unit, shared)) && (conversation === undefined || conversation.state === "left");
  }

  const mayAnswer = (unit: Unit, contact: Contact, shared: Uint8Array): Promise<boolean> =>
    context.budgets.take(unit, "answers", `${contact.id} ${toHex(shared)}`);

  async function tellOut(unit: Unit, contact: Contact, shared: Uint8Array): Promise<void> {
    if (!isTimeTo(`${toHex(shared)} ${contact.id} out`) || !(await mayAnswer(unit, contact, shared))) return;
    const said = { name: "group-rejoin-answer", standing: 2, place: null, leaf: new Uint8Array(0) } as const;
    await p.talk.send(unit, contact.conversation, { ...said, conversation: shared });
  }

  async function answered(unit: Unit, contact: Contact, answer: RejoinAnswer): Promise<void> {
    const { conversation: shared, place, leaf } = answer;
    if (place === null || leaf.length === 0 || !(await isOut(unit, shared))) return;
    if (!(await mayAnswer(unit, contact, shared)) || !isTimeTo(`${toHex(shared)} ${contact.id} ${toHex(leaf)}`)) return;
    const signature = createLeaveStatement(crypto, {
      conversation: shared,
      groupId: place.group,
      encryptionKey: leaf,
      signKey: (await p.profiles.get(unit)).deviceKeys.secretKey,
    });
    const said = { name: "group-left", conversation: shared, group: place.group, leaf, signature } as const;
    await p.talk.send(unit, contact.conversation, said);
  }

  async function invited(unit: Unit, contact: Contact, shared: Uint8Array): Promise<void> {
    const at = await leftAt(unit, shared);
    if (at === undefined) return;
    if (isUnderWay(at)) await tellOut(unit, contact, shared);
    else await deleteMeta(unit, keyOf(shared));
  }

  const came = (unit: Unit, shared: Uint8Array): Promise<void> => deleteMeta(unit, keyOf(shared));

  async function tick(unit: Unit): Promise<void> {
    for (const shared of await metaOf(unit, LEFT)) {
      const at = await leftAt(unit, p.talk.bytes(shared));
      if (at !== undefined && isOld(at)) await deleteMeta(unit, keyOf(p.talk.bytes(shared)));
    }
  }

  return { leave, decline, hasLeft, listed, answered, invited, came, tick };
}

const LEFT = "left";
const keyOf = (shared: Uint8Array): string => `${LEFT} ${toHex(shared)}`;
