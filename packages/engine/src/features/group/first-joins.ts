import { toHex } from "@pli/protocol/crypto";
import { weigh, type GroupControl } from "@pli/protocol/group";
import type { Context, Tx } from "../../runtime/context.ts";
import type { Contact, Contacts } from "../../people/contacts.ts";
import { deleteMeta, findMeta, metaOf, saveMeta } from "../../runtime/storage/meta.ts";
import type { Conversation } from "../../epochs/conversations.ts";
import type { Leaving } from "./leaving.ts";
import { findBranch, marksFrom } from "./marks.ts";
import { findGroup } from "./members.ts";
import type { GroupRejoining } from "./rejoin.ts";
import { placeFrom } from "./places.ts";
import type { Questions } from "./questions.ts";
import type { Talk } from "./talk.ts";
import { findWay, keptIn } from "./ways.ts";

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
  ask(tx: Tx, contact: Contact, shared: Uint8Array): Promise<void>;
  /** An invitation of this contact led nowhere. */
  failed(tx: Tx, shared: Uint8Array, by: string): Promise<void>;
  /** A contact tells this device, as a member of it, of this group. */
  listed(tx: Tx, contact: Contact, state: State): Promise<void>;
  answered(tx: Tx, contact: Contact, answer: RejoinAnswer): Promise<void>;
  isAsked(tx: Tx, shared: Uint8Array, by: string): Promise<boolean>;
  /** This contact is asked no more. */
  forget(tx: Tx, contact: string): Promise<void>;
  /** This device is in it. */
  came(tx: Tx, shared: Uint8Array): Promise<void>;
  resume(tx: Tx): Promise<void>;
}

export function createFirstJoins(
  context: Context,
  p: {
    contacts: Contacts;
    leaving: Leaving;
    rejoining: Pick<GroupRejoining, "createConsent">;
    talk: Talk;
    questions: Pick<Questions, "mayBeIn" | "isAccepted">;
  },
): FirstJoins {
  const { clock } = context;

  async function failed(tx: Tx, shared: Uint8Array, by: string): Promise<void> {
    const contact = await p.contacts.find(tx, by);
    if (contact === undefined || contact.blocked) return;
    await p.leaving.invited(tx, contact, shared);
    if (!(await p.leaving.hasLeft(tx, shared))) await begin(tx, contact, shared);
  }

  async function listed(tx: Tx, contact: Contact, state: State): Promise<void> {
    const shared = state.conversation;
    const conversation = await findGroup(tx, shared);
    const isExpected = conversation !== undefined && (await isAwaited(tx, conversation));
    if (conversation !== undefined && !isExpected && !(await isLater(tx, conversation, state))) return;
    if ((await p.leaving.hasLeft(tx, shared)) || !(await p.questions.mayBeIn(tx, contact, shared))) return;
    await begin(tx, contact, shared);
  }

  /** Whether the person has accepted to come into this group, and no invitation has come. */
  async function isAwaited(tx: Tx, { id, shared, state }: Conversation): Promise<boolean> {
    if (state === "left") return p.questions.isAccepted(tx, shared);
    return state === "joining" && (await findWay(tx, id)) !== undefined && (await keptIn(tx, id)).length === 0;
  }

  /**
   * Whether what is told comes behind the epoch that put this person out: who tells may not have
   * heard of that.
   */
  async function isLater(tx: Tx, { id, state }: Conversation, told: State): Promise<boolean> {
    if (state !== "left") return false;
    const branch = await findBranch(tx, id);
    if (branch?.group !== toHex(told.group)) return true;
    const [ours, theirs] = [branch.marks, marksFrom(told)];
    const newest = theirs.at(-1)?.[0] ?? 0;
    return weigh(ours, theirs).type !== "fork" && newest > 1 + (ours.at(-1)?.[0] ?? 0);
  }

  async function isAsked(tx: Tx, shared: Uint8Array, by: string): Promise<boolean> {
    return (await findWaiting(tx, keyOf(shared, by))) !== undefined;
  }

  async function came(tx: Tx, shared: Uint8Array): Promise<void> {
    const contacts = await metaOf(tx, `${FIRST} ${toHex(shared)}`);
    for (const contact of contacts) await deleteMeta(tx, keyOf(shared, contact));
  }

  async function begin(tx: Tx, contact: Contact, shared: Uint8Array): Promise<void> {
    const key = keyOf(shared, contact.id);
    await forgetOld(tx);
    if ((await findWaiting(tx, key)) !== undefined || (await waitingOf(tx, contact.id)).length >= MAX_WAITING) return;
    if (!(await context.budgets.take(tx, "firstJoins", contact.id))) return;
    await saveMeta(tx, key, { at: clock.now(), times: 0 } satisfies Waiting);
    await askWhich(tx, contact.id, shared);
  }

  async function waitingOf(tx: Tx, contact: string): Promise<string[]> {
    return (await metaOf(tx, FIRST)).filter((waiting) => waiting.endsWith(` ${contact}`));
  }

  async function forget(tx: Tx, contact: string): Promise<void> {
    for (const waiting of await waitingOf(tx, contact)) await deleteMeta(tx, `${FIRST} ${waiting}`);
  }

  /** Asks for the leaf that is this device's, until it is in or this is too old. */
  async function askWhich(tx: Tx, who: string, shared: Uint8Array): Promise<void> {
    const key = keyOf(shared, who);
    const waiting = await findWaiting(tx, key);
    const contact = await p.contacts.find(tx, who);
    if (waiting === undefined || isOld(waiting) || contact === undefined || contact.blocked) return;
    await saveMeta(tx, key, { ...waiting, times: waiting.times + 1 } satisfies Waiting);
    await ask(tx, contact, shared, new Uint8Array(0));
    askLater(tx, who, shared, waiting.times);
  }

  function askLater(tx: Tx, who: string, shared: Uint8Array, times: number): void {
    tx.after(() => context.later(ASK_AGAIN_MS * 2 ** times, (later) => askWhich(later, who, shared)));
  }

  const isOld = ({ at }: Waiting): boolean => clock.since(at) > WAITED_MS;

  async function forgetOld(tx: Tx): Promise<void> {
    for (const waiting of await metaOf(tx, FIRST)) {
      const key = `${FIRST} ${waiting}`;
      const known = await findWaiting(tx, key);
      if (known !== undefined && isOld(known)) await deleteMeta(tx, key);
    }
  }

  async function answered(
    tx: Tx,
    contact: Contact,
    { conversation, standing, place, leaf }: RejoinAnswer,
  ): Promise<void> {
    const key = keyOf(conversation, contact.id);
    const waiting = await findWaiting(tx, key);
    if (waiting === undefined || waiting.consented === waiting.times) return;
    if (standing !== 0 || place === null || leaf.length === 0) return;
    await saveMeta(tx, key, { ...waiting, consented: waiting.times } satisfies Waiting);
    const name = { group: placeFrom(place).group, encryptionKey: toHex(leaf) };
    await ask(tx, contact, conversation, await p.rejoining.createConsent(tx, contact, conversation, name));
  }

  async function ask(tx: Tx, contact: Contact, conversation: Uint8Array, keyPackage: Uint8Array): Promise<void> {
    await p.talk.send(tx, contact.conversation, { name: "group-rejoin", conversation, place: null, keyPackage });
  }

  async function resume(tx: Tx): Promise<void> {
    for (const waiting of await metaOf(tx, FIRST)) {
      const [shared = "", who = ""] = waiting.split(" ");
      askLater(tx, who, p.talk.bytes(shared), 0);
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

const findWaiting = (tx: Tx, key: string): Promise<Waiting | undefined> => findMeta(tx, key);
