import { toHex } from "@pli/protocol/crypto";
import { weigh, type GroupControl } from "@pli/protocol/group";
import type { Context, Unit } from "../../runtime/context.ts";
import type { Contact, Contacts } from "../../people/contacts.ts";
import { deleteMeta, findMeta, metaOf, saveMeta } from "../../runtime/storage/meta.ts";
import type { Conversation } from "../../epochs/conversations.ts";
import type { Departures } from "./departures.ts";
import { findBranch, marksFrom } from "./marks.ts";
import { findGroup } from "./members.ts";
import type { GroupRejoining } from "./rejoin.ts";
import { placeFrom } from "./places.ts";
import type { Talk } from "./talk.ts";

/**
 * For so long somebody whose invitation led nowhere can bring this device in by another; and this
 * many of each contact are waited for.
 */
const WAITED_MS = 600_000;
/**
 * Who does not bring this device in, as when they cannot go on themselves, is asked again after
 * this long, then twice as long.
 */
const ASK_AGAIN_MS = 20_000;
const MAX_WAITING = 16;
type State = GroupControl & { readonly name: "group-state" };
type RejoinAnswer = GroupControl & { readonly name: "group-rejoin-answer" };

/**
 * Being in a group, for the others, and not knowing it: the invitation led nowhere, as when the
 * store lost the welcome, or who added this person kept it to themselves. A contact in the group is
 * asked a few times to bring this device in again. Nothing is shown meanwhile.
 */
export interface FirstJoins {
  /** Asks this contact, in whose list this device is, to bring it in. */
  ask(unit: Unit, contact: Contact, shared: Uint8Array): Promise<void>;
  /** An invitation of this contact led nowhere. */
  failed(unit: Unit, shared: Uint8Array, by: string): Promise<void>;
  /** A contact tells this device, as a member of it, of this group. */
  listed(unit: Unit, contact: Contact, state: State): Promise<void>;
  answered(unit: Unit, contact: Contact, answer: RejoinAnswer): Promise<void>;
  isAsked(unit: Unit, shared: Uint8Array, by: string): Promise<boolean>;
  /** This contact is asked no more. */
  forget(unit: Unit, contact: string): Promise<void>;
  /** This device is in it. */
  came(unit: Unit, shared: Uint8Array): Promise<void>;
  resume(unit: Unit): Promise<void>;
}

export function createFirstJoins(
  context: Context,
  p: {
    contacts: Contacts;
    departures: Departures;
    rejoining: Pick<GroupRejoining, "createConsent">;
    talk: Talk;
    /** Whether the person wants to be in a group that this contact says they are in. */
    mayBeIn(unit: Unit, contact: Contact, shared: Uint8Array): Promise<boolean>;
    /** Whether the person has accepted to come into this group, and no invitation has come. */
    isAwaited(unit: Unit, conversation: Conversation): Promise<boolean>;
  },
): FirstJoins {
  const { clock } = context;

  async function failed(unit: Unit, shared: Uint8Array, by: string): Promise<void> {
    const contact = await p.contacts.find(unit, by);
    if (contact === undefined || contact.blocked) return;
    await p.departures.invited(unit, contact, shared);
    if (!(await p.departures.hasLeft(unit, shared))) await begin(unit, contact, shared);
  }

  async function listed(unit: Unit, contact: Contact, state: State): Promise<void> {
    const shared = state.conversation;
    const conversation = await findGroup(unit, shared);
    const isExpected = conversation !== undefined && (await p.isAwaited(unit, conversation));
    if (conversation !== undefined && !isExpected && !(await isLater(unit, conversation, state))) return;
    if ((await p.departures.hasLeft(unit, shared)) || !(await p.mayBeIn(unit, contact, shared))) return;
    await begin(unit, contact, shared);
  }

  /**
   * Whether what is told comes behind the epoch that put this person out: who tells may not have
   * heard of that.
   */
  async function isLater(unit: Unit, { id, state }: Conversation, told: State): Promise<boolean> {
    if (state !== "left") return false;
    const branch = await findBranch(unit, id);
    if (branch?.group !== toHex(told.group)) return true;
    const [ours, theirs] = [branch.marks, marksFrom(told)];
    const newest = theirs.at(-1)?.[0] ?? 0;
    return weigh(ours, theirs).type !== "fork" && newest > 1 + (ours.at(-1)?.[0] ?? 0);
  }

  async function isAsked(unit: Unit, shared: Uint8Array, by: string): Promise<boolean> {
    return (await findWaiting(unit, keyOf(shared, by))) !== undefined;
  }

  async function came(unit: Unit, shared: Uint8Array): Promise<void> {
    const contacts = await metaOf(unit, `${FIRST} ${toHex(shared)}`);
    for (const contact of contacts) await deleteMeta(unit, keyOf(shared, contact));
  }

  async function begin(unit: Unit, contact: Contact, shared: Uint8Array): Promise<void> {
    const key = keyOf(shared, contact.id);
    await forgetOld(unit);
    if ((await findWaiting(unit, key)) !== undefined || (await waitingOf(unit, contact.id)).length >= MAX_WAITING)
      return;
    if (!(await context.budgets.take(unit, "firstJoins", contact.id))) return;
    await saveMeta(unit, key, { at: clock.now(), times: 0 } satisfies Waiting);
    await askWhich(unit, contact.id, shared);
  }

  async function waitingOf(unit: Unit, contact: string): Promise<string[]> {
    return (await metaOf(unit, FIRST)).filter((waiting) => waiting.endsWith(` ${contact}`));
  }

  async function forget(unit: Unit, contact: string): Promise<void> {
    for (const waiting of await waitingOf(unit, contact)) await deleteMeta(unit, `${FIRST} ${waiting}`);
  }

  /** Asks for the leaf that is this device's, until it is in or this is too old. */
  async function askWhich(unit: Unit, who: string, shared: Uint8Array): Promise<void> {
    const key = keyOf(shared, who);
    const waiting = await findWaiting(unit, key);
    const contact = await p.contacts.find(unit, who);
    if (waiting === undefined || isOld(waiting) || contact === undefined || contact.blocked) return;
    await saveMeta(unit, key, { ...waiting, times: waiting.times + 1 } satisfies Waiting);
    await ask(unit, contact, shared, new Uint8Array(0));
    askLater(unit, who, shared, waiting.times);
  }

  function askLater(unit: Unit, who: string, shared: Uint8Array, times: number): void {
    unit.after(() => context.later(ASK_AGAIN_MS * 2 ** times, (later) => askWhich(later, who, shared)));
  }

  const isOld = ({ at }: Waiting): boolean => clock.since(at) > WAITED_MS;

  async function forgetOld(unit: Unit): Promise<void> {
    for (const waiting of await metaOf(unit, FIRST)) {
      const key = `${FIRST} ${waiting}`;
      const known = await findWaiting(unit, key);
      if (known !== undefined && isOld(known)) await deleteMeta(unit, key);
    }
  }

  async function answered(
    unit: Unit,
    contact: Contact,
    { conversation, standing, place, leaf }: RejoinAnswer,
  ): Promise<void> {
    const key = keyOf(conversation, contact.id);
    const waiting = await findWaiting(unit, key);
    if (waiting === undefined || waiting.consented === waiting.times) return;
    if (standing !== 0 || place === null || leaf.length === 0) return;
    await saveMeta(unit, key, { ...waiting, consented: waiting.times } satisfies Waiting);
    const name = { group: placeFrom(place).group, encryptionKey: toHex(leaf) };
    await ask(unit, contact, conversation, await p.rejoining.createConsent(unit, contact, conversation, name));
  }

  async function ask(unit: Unit, contact: Contact, conversation: Uint8Array, keyPackage: Uint8Array): Promise<void> {
    await p.talk.send(unit, contact.conversation, { name: "group-rejoin", conversation, place: null, keyPackage });
  }

  async function resume(unit: Unit): Promise<void> {
    for (const waiting of await metaOf(unit, FIRST)) {
      const [shared = "", who = ""] = waiting.split(" ");
      askLater(unit, who, p.talk.bytes(shared), 0);
    }
  }

  return { ask: begin, failed, listed, answered, isAsked, forget, came, resume };
}

const FIRST = "first";
const keyOf = (shared: Uint8Array, contact: string): string => `${FIRST} ${toHex(shared)} ${contact}`;

/**
 * When a contact was first asked, and how often since. `consented`: at which time they named our
 * leaf, and may replace it.
 */
interface Waiting {
  readonly at: number;
  readonly times: number;
  readonly consented?: number;
}

const findWaiting = (unit: Unit, key: string): Promise<Waiting | undefined> => findMeta(unit, key);
