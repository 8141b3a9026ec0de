/**
 * Being in a group, for the others, and not knowing it: the invitation led nowhere, as when the
 * store lost the welcome, or who added this person kept it to themselves. A contact in the group is
 * asked a few times to bring this device in again. Nothing is shown meanwhile. The reducer
 * `protocol/group/rejoin/first.ts` decides when.
 */
import { toHex } from "@pli/protocol/crypto";
import {
  firstJoinCodec,
  firstJoinTimers,
  isLeader,
  mayBeBack,
  stepFirstJoin,
  type GroupControl,
} from "@pli/protocol/group";
import type { FirstJoinEffect, FirstJoinEvent, FirstJoinState } from "@pli/protocol/group";
import type { Context, Tx } from "../../runtime/context.ts";
import { createRunner, type Runner } from "../../runtime/reducers.ts";
import type { Contact, Contacts } from "../../people/contacts.ts";
import type { OwnDevices } from "../../people/own-devices.ts";
import { findGroup, type Conversation } from "../../epochs/conversations.table.ts";
import type { Consents } from "./consents.ts";
import { listInvitations } from "./invitations.table.ts";
import type { Leaving } from "./leaving.ts";
import { findForkState, toldFrom } from "./fork-state.ts";
import { listMembers } from "./members.table.ts";
import { placeFrom } from "./places.ts";
import { findAccepted } from "./question-state.ts";
import type { Questions } from "./questions.ts";
import type { Talk } from "./talk.ts";
import { placeToTake } from "./other-leaves.ts";
import { findWay } from "./ways.ts";

/** Groups that each contact is waited for in at the same time. */
const MAX_WAITING = 16;

type State = GroupControl & { readonly name: "group-state" };
type RejoinAnswer = GroupControl & { readonly name: "group-rejoin-answer" };

export interface FirstJoins {
  /** Asks this contact, in whose list this device is, to bring it in. */
  ask(tx: Tx, contact: Contact, shared: Uint8Array): Promise<void>;
  /** An invitation of this contact led nowhere. */
  failed(tx: Tx, shared: Uint8Array, by: string): Promise<void>;
  /** A contact tells this device, as a member of it, of this group. */
  listed(tx: Tx, contact: Contact, state: State): Promise<void>;
  /** A contact may name the leaf that is this device's. */
  leafNamed(tx: Tx, contact: Contact, answer: RejoinAnswer): Promise<void>;
  isAsked(tx: Tx, shared: Uint8Array, by: string): Promise<boolean>;
  /** This contact is asked no more. */
  forget(tx: Tx, contact: string): Promise<void>;
  /** This device is in it. */
  joined(tx: Tx, shared: Uint8Array): Promise<void>;
}

export function createFirstJoins(
  context: Context,
  deps: {
    contacts: Contacts;
    leaving: Leaving;
    consents: Consents;
    talk: Talk;
    ownDevices: OwnDevices;
    questions: Pick<Questions, "mayBeIn">;
  },
): FirstJoins {
  const { clock } = context;
  const runner: Runner<FirstJoinState, FirstJoinEvent, FirstJoinEffect> = createRunner(
    context,
    { name: "first-join", codec: firstJoinCodec, step: stepFirstJoin, timers: firstJoinTimers },
    { perform, onTimer },
  );

  async function failed(tx: Tx, shared: Uint8Array, by: string): Promise<void> {
    const contact = await deps.contacts.find(tx, by);
    if (contact === undefined || contact.blocked) return;
    await deps.leaving.invited(tx, contact, shared);
    if (!(await deps.leaving.hasLeft(tx, shared))) await ask(tx, contact, shared);
  }

  async function listed(tx: Tx, contact: Contact, state: State): Promise<void> {
    const shared = state.conversation;
    const conversation = await findGroup(tx, shared);
    const isExpected = conversation !== undefined && (await isAwaited(tx, conversation));
    if (conversation !== undefined && !isExpected && !(await isAgain(tx, conversation, contact, state))) return;
    if ((await deps.leaving.hasLeft(tx, shared)) || !(await deps.questions.mayBeIn(tx, contact, shared))) return;
    await ask(tx, contact, shared);
  }

  /** Whether the person has accepted to come into this group, and no invitation has come. */
  async function isAwaited(tx: Tx, { id, shared, state }: Conversation): Promise<boolean> {
    if (state === "left") return (await findAccepted(tx, toHex(shared))) !== undefined;
    return state === "joining" && (await findWay(tx, id)) !== undefined && (await listInvitations(tx, id)).length === 0;
  }

  /**
   * Whether this person, who was removed, may be a member again: the contact may not know of it.
   */
  async function isAgain(tx: Tx, { id, state }: Conversation, { id: who }: Contact, told: State): Promise<boolean> {
    if (state !== "left") return false;
    const teller = (await listMembers(tx, id)).find(({ profile }) => profile === who);
    const by = { who, leads: isLeader(teller?.role), isMember: teller !== undefined };
    return mayBeBack(await findForkState(tx, id), toldFrom(told), by);
  }

  async function ask(tx: Tx, contact: Contact, shared: Uint8Array): Promise<void> {
    const id = idOf(shared, contact.id);
    for (const other of await runner.ids(tx)) await runner.handle(tx, other, { type: "sweep", now: clock.now() });
    const waiting = await waitingOf(tx, contact.id);
    if (waiting.includes(id) || waiting.length >= MAX_WAITING) return;
    if (!(await context.budgets.take(tx, "firstJoins", contact.id))) return;
    await runner.handle(tx, id, { type: "listed", now: clock.now() });
  }

  async function waitingOf(tx: Tx, contact: string): Promise<string[]> {
    return (await runner.ids(tx)).filter((id) => id.endsWith(` ${contact}`));
  }

  async function onTimer(tx: Tx, id: string): Promise<void> {
    const contact = await deps.contacts.find(tx, placeIn(id).contact);
    const isGone = contact === undefined || contact.blocked;
    await runner.handle(tx, id, isGone ? { type: "ended" } : { type: "timer", now: clock.now() });
  }

  async function perform(tx: Tx, id: string, effect: FirstJoinEffect): Promise<undefined> {
    const { shared, contact: who } = placeIn(id);
    const contact = await deps.contacts.find(tx, who);
    if (contact === undefined || contact.blocked) return undefined;
    const conversation = deps.talk.bytes(shared);
    const isAsked = effect.type === "ask";
    const keyPackage = isAsked ? new Uint8Array(0) : await deps.consents.create(tx, contact, conversation, effect.leaf);
    const question = { name: "group-rejoin", conversation, place: null, keyPackage } as const;
    await deps.talk.send(tx, contact.conversation, question);
    return undefined;
  }

  async function leafNamed(tx: Tx, contact: Contact, answer: RejoinAnswer): Promise<void> {
    const { conversation, standing, place } = answer;
    if (standing !== 0 || place === null) return;
    const name = await placeToTake(tx, answer, placeFrom(place), { ...deps, clock, since: undefined });
    if (name === undefined) return;
    await runner.handle(tx, idOf(conversation, contact.id), { type: "leafNamed", leaf: name });
  }

  async function endAll(tx: Tx, isOf: (id: string) => boolean): Promise<void> {
    for (const id of (await runner.ids(tx)).filter(isOf)) await runner.handle(tx, id, { type: "ended" });
  }

  return {
    ask,
    failed,
    listed,
    leafNamed,
    isAsked: async (tx, shared, by) => (await runner.find(tx, idOf(shared, by))) !== undefined,
    forget: (tx, contact) => endAll(tx, (id) => id.endsWith(` ${contact}`)),
    joined: (tx, shared) => endAll(tx, (id) => id.startsWith(`${toHex(shared)} `)),
  };
}

/** What is kept of a group and a contact is known by both. */
const idOf = (shared: Uint8Array, contact: string): string => `${toHex(shared)} ${contact}`;

function placeIn(id: string): { shared: string; contact: string } {
  const [shared = "", contact = ""] = id.split(" ");
  return { shared, contact };
}
