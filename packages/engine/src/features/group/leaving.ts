/**
 * Leaving a group, and hearing that others leave. The reducer `protocol/group/leave` decides; here
 * events reach it, and its effects happen (docs/protocol.md, sections 5.3 and 8.4).
 */
import {
  hasLeft,
  leaveCodec,
  leaveTimers,
  profileOf,
  stepLeave,
  type GroupControl,
  type LeaveEvent,
  type LeaveState,
} from "@pli/protocol/group";
import type { Member } from "@pli/protocol/conversation";
import { toHex } from "@pli/protocol/crypto";
import type { Context, Tx } from "../../runtime/context.ts";
import { createRunner } from "../../runtime/reducers.ts";
import { findGroup, findConversation, type Conversation } from "../../epochs/conversations.table.ts";
import type { Contact } from "../../people/contacts.ts";
import { createLeaveEvents } from "./leave-events.ts";
import { createLeaveEffects, type LeaveParts } from "./leave-effects.ts";
import { contactsIn } from "./members.table.ts";

type Statement = GroupControl & { readonly name: "group-left" };
type RejoinAnswer = GroupControl & { readonly name: "group-rejoin-answer" };

export interface Leaving {
  /** This person leaves. `successor`: becomes an owner first. */
  leave(tx: Tx, conversation: Conversation, successor?: string): Promise<void>;
  /** An epoch started: what waits to be said names a leaf that is gone. */
  epochStarted(tx: Tx, conversation: string): Promise<void>;
  /** The statement of this person is stored: this device is out. */
  statementStored(tx: Tx, conversation: string): Promise<void>;
  /** Somebody says in the group that they leave, from this leaf. */
  memberLeaves(tx: Tx, conversation: string, profile: string, leaf: number, signature: Uint8Array): Promise<void>;
  /** A contact has left, could not say so in the group, and says it between two. */
  contactLeft(tx: Tx, contact: Contact, statement: Statement): Promise<void>;
  /**
   * This person does not want to be in a group that a contact has put them into, or lists them in.
   */
  decline(tx: Tx, contact: Contact, shared: Uint8Array): Promise<void>;
  hasLeft(tx: Tx, shared: Uint8Array): Promise<boolean>;
  /** A contact tells this device, as a member of it, of this group. */
  listed(tx: Tx, contact: Contact, shared: Uint8Array): Promise<void>;
  /** A contact may name the leaf that they know of this person. */
  leafNamed(tx: Tx, contact: Contact, answer: RejoinAnswer): Promise<void>;
  /** An invitation of this contact led nowhere. */
  invited(tx: Tx, contact: Contact, shared: Uint8Array): Promise<void>;
  /** This device is in it. */
  joined(tx: Tx, shared: Uint8Array): Promise<void>;
  /** What is too old is forgotten. */
  tick(tx: Tx): Promise<void>;
}

export function createLeaving(context: Context, deps: LeaveParts): Leaving {
  const { clock, crypto } = context;
  const { talk } = deps;
  const events = createLeaveEvents(context, deps);
  const effects = createLeaveEffects(context, deps);
  const runner = createRunner<LeaveState, LeaveEvent, Parameters<typeof effects.perform>[2]>(
    context,
    { name: "leave", codec: leaveCodec, step: stepLeave, timers: leaveTimers },
    {
      perform: async (tx, id, effect) => {
        await effects.perform(tx, talk.bytes(id), effect);
        return effect.type === "enqueue" && effect.operation.kind === "leave"
          ? events.ready(tx, talk.bytes(id))
          : undefined;
      },
      onTimer,
    },
  );
  async function handle(tx: Tx, shared: Uint8Array, event: LeaveEvent): Promise<void> {
    await runner.handle(tx, toHex(shared), event);
  }

  async function onTimer(tx: Tx, id: string): Promise<void> {
    await runner.handle(tx, id, { type: "timer", now: clock.now(), isIn: await isIn(tx, talk.bytes(id)) });
  }

  async function leave(tx: Tx, { id, shared, state }: Conversation, successor?: string): Promise<void> {
    await handle(tx, shared, {
      type: "leave",
      now: clock.now(),
      works: state !== "rejoining",
      contacts: await contactsIn(tx, id),
      ...(successor !== undefined && { successor }),
    });
  }

  async function epochStarted(tx: Tx, id: string): Promise<void> {
    const conversation = await findConversation(tx, id);
    if (conversation === undefined) return;
    const event = await events.ready(tx, conversation.shared);
    if (event !== undefined) await handle(tx, conversation.shared, event);
  }

  async function statementStored(tx: Tx, id: string): Promise<void> {
    const conversation = await findConversation(tx, id);
    if (conversation !== undefined) await handle(tx, conversation.shared, { type: "stored" });
  }

  async function memberLeaves(tx: Tx, id: string, profile: string, leaf: number, signature: Uint8Array): Promise<void> {
    const isLeaver = (member: Member): boolean => member.leaf === leaf && profileOf(member) === profile;
    await onStatement(tx, await findConversation(tx, id), isLeaver, signature);
  }

  async function contactLeft(tx: Tx, { id: profile }: Contact, said: Statement): Promise<void> {
    const isTheirs = (member: Member): boolean =>
      profileOf(member) === profile && crypto.equal(member.encryptionKey, said.leaf);
    await onStatement(tx, await findGroup(tx, said.conversation), isTheirs, said.signature);
  }

  async function onStatement(
    tx: Tx,
    conversation: Conversation | undefined,
    isLeaver: (member: Member) => boolean,
    signature: Uint8Array,
  ): Promise<void> {
    const event = conversation && (await events.memberLeft(tx, conversation, isLeaver, signature));
    if (conversation !== undefined && event !== undefined) await handle(tx, conversation.shared, event);
  }

  /** In the group, or on the way into it again. */
  async function isIn(tx: Tx, shared: Uint8Array): Promise<boolean> {
    const conversation = await findGroup(tx, shared);
    return conversation !== undefined && conversation.state !== "left";
  }

  async function leafNamed(tx: Tx, contact: Contact, answer: RejoinAnswer): Promise<void> {
    const { conversation: shared, place, leaf } = answer;
    if (place === null || leaf.length === 0) return;
    await handle(tx, shared, {
      type: "leafNamed",
      now: clock.now(),
      by: contact.id,
      isIn: await isIn(tx, shared),
      group: toHex(place.group),
      leaf: toHex(leaf),
    });
  }

  async function tick(tx: Tx): Promise<void> {
    for (const id of await runner.ids(tx)) await onTimer(tx, id);
  }

  const now = clock.now;
  return {
    leave,
    epochStarted,
    statementStored,
    memberLeaves,
    contactLeft,
    decline: (tx, { id }, shared) => handle(tx, shared, { type: "declined", now: now(), by: id }),
    hasLeft: async (tx, shared) => hasLeft(await runner.find(tx, toHex(shared)), now()),
    listed: async (tx, { id }, shared) =>
      handle(tx, shared, { type: "listed", now: now(), by: id, isIn: await isIn(tx, shared) }),
    leafNamed,
    invited: (tx, { id }, shared) => handle(tx, shared, { type: "invited", now: now(), by: id }),
    joined: (tx, shared) => handle(tx, shared, { type: "joined" }),
    tick,
  };
}
