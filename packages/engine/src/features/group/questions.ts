/**
 * What others want to do to this person is a question first (docs/protocol.md, section 5.4): put
 * them into a group, or have their device call a store that it does not know. Until the answer is
 * yes nothing is fetched and nothing is called. Questions are bounded, end by themselves, and go
 * with the contact who is blocked.
 */
import { toHex } from "@pli/protocol/crypto";
import type { GroupControl } from "@pli/protocol/group";
import type { Stores } from "../../delivery/stores.ts";
import { findGroup } from "../../epochs/conversations.table.ts";
import type { Contact, Contacts } from "../../people/contacts.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { createPauses } from "../../runtime/pauses.ts";
import { isAsked, type Asking } from "./asking.ts";
import type { Kept } from "./invitations.ts";
import { isKnownStore } from "./known-stores.ts";
import type { Leaving } from "./leaving.ts";
import { ANSWERED_WITHIN_MS } from "./offers.ts";
import type { OpenQuestions } from "./open-questions.ts";
import {
  deleteQuestion,
  findAccepted,
  forgetAccepted,
  listAccepted,
  listQuestions,
  sweepTimesAsked,
  type Question,
} from "./question-state.ts";
import type { Talk } from "./talk.ts";

const DAY_MS = 86_400_000;
/** Questions that are over are shown so long. */
const OVER_SHOWN_MS = 7 * DAY_MS;
/** How many answers that no person gave a contact gets in a day. */
const MAX_ANSWERS_A_DAY = 64;

type Offer = GroupControl & { readonly name: "group-offer" };

export interface Questions {
  /** A contact asks whether this person comes into a group. */
  offered(tx: Tx, contact: Contact, offer: Offer): Promise<void>;
  /** They do not wait for the answer any more. */
  ended(tx: Tx, contact: Contact, shared: Uint8Array): Promise<void>;
  /**
   * Whether this invitation may be followed; if not, and the person can decide it, they are asked.
   * `place`: `out` of the group, for this device; `inside`; `awaited`: inside, and such an
   * invitation is what it waits for.
   */
  mayFollow(tx: Tx, by: string, kept: Kept, place: "out" | "inside" | "awaited"): Promise<boolean>;
  /** A contact tells this device that it is in a group. Whether the person wants to be. */
  mayBeIn(tx: Tx, contact: Contact, shared: Uint8Array): Promise<boolean>;
  /**
   * Nothing of what this contact asked is left. Gives the groups that were accepted from them and
   * are not joined.
   */
  blocked(tx: Tx, contact: string): Promise<string[]>;
  /** The conversation with this contact has begun again: what was said there may be lost. */
  reached(tx: Tx, contact: Contact): Promise<void>;
  tick(tx: Tx): Promise<void>;
}

export function createQuestions(
  { clock }: Context,
  deps: {
    asking: Asking;
    contacts: Contacts;
    leaving: Leaving;
    openQuestions: OpenQuestions;
    stores: Pick<Stores, "home" | "now">;
    talk: Talk;
  },
): Questions {
  const { asking, contacts, leaving, openQuestions, stores, talk } = deps;
  const mayAnswer = createPauses(clock, DAY_MS, MAX_ANSWERS_A_DAY);

  async function offered(tx: Tx, contact: Contact, offer: Offer): Promise<void> {
    const shared = toHex(offer.conversation);
    const store = stores.now(offer.store);
    const isKnown = await isKnownStore(tx, stores.home, store);
    const group = await findGroup(tx, offer.conversation);
    const accepted = await findAccepted(tx, shared);
    const isYes = group !== undefined && group.state !== "left";
    const answerAtOnce = async (accepts: boolean): Promise<void> => {
      if (mayAnswer(contact.id)) await openQuestions.say(tx, contact, offer.conversation, accepts);
    };
    if (isYes || accepted?.store === store || (isKnown && !(await isAsked(tx)))) return answerAtOnce(true);
    const { title, members } = offer;
    const question: Question = { by: contact.id, shared, why: "offered", at: clock.now(), title, members, store };
    if (!(await openQuestions.ask(tx, question))) await answerAtOnce(false);
  }

  async function ended(tx: Tx, contact: Contact, shared: Uint8Array): Promise<void> {
    for (const [id, question] of await listQuestions(tx)) {
      const isIt = question.by === contact.id && question.shared === toHex(shared) && question.why === "offered";
      const isLate = clock.since(question.at) > ANSWERED_WITHIN_MS - DAY_MS;
      if (isIt && question.over === undefined)
        await openQuestions.end(tx, id, question, isLate ? "unanswered" : "withdrawn");
    }
  }

  async function mayFollow(tx: Tx, by: string, kept: Kept, place: "out" | "inside" | "awaited"): Promise<boolean> {
    const { shared, store } = kept;
    const accepted = await findAccepted(tx, shared);
    const isKnown = accepted?.store === store || (await isKnownStore(tx, stores.home, store));
    const isWanted = place !== "out" || accepted !== undefined || !(await isAsked(tx));
    if (isKnown && isWanted) return true;
    // Of a group that it is in, this device needs no other store.
    if (place === "inside" || (place === "out" && (await staysOut(tx, by, shared)))) return false;
    const why = place === "out" ? "added" : "moved";
    await openQuestions.ask(tx, { by, shared, why, at: clock.now(), store, kept });
    return false;
  }

  /** Who left, or did not want to come, and is added all the same, has answered already. */
  async function staysOut(tx: Tx, by: string, shared: string): Promise<boolean> {
    const group = talk.bytes(shared);
    const contact = await contacts.find(tx, by);
    if (contact === undefined || !(await isAsked(tx)) || !(await leaving.hasLeft(tx, group))) return false;
    await leaving.decline(tx, contact, group);
    return true;
  }

  async function mayBeIn(tx: Tx, { id }: Contact, shared: Uint8Array): Promise<boolean> {
    if ((await findAccepted(tx, toHex(shared))) !== undefined || !(await isAsked(tx))) return true;
    await openQuestions.ask(tx, { by: id, shared: toHex(shared), why: "listed", at: clock.now() });
    return false;
  }

  async function blocked(tx: Tx, contact: string): Promise<string[]> {
    for (const [id, { by }] of await listQuestions(tx)) if (by === contact) await deleteQuestion(tx, id);
    const groups = (await listAccepted(tx)).flatMap(([shared, { by }]) => (by === contact ? [shared] : []));
    for (const shared of groups) await forgetAccepted(tx, shared);
    return groups;
  }

  async function reached(tx: Tx, contact: Contact): Promise<void> {
    await asking.introduce(tx, contact);
    for (const [shared, { by }] of await listAccepted(tx))
      if (by === contact.id) await openQuestions.say(tx, contact, talk.bytes(shared), true);
  }

  async function tick(tx: Tx): Promise<void> {
    await asking.announce(tx);
    for (const [id, question] of await listQuestions(tx)) {
      const age = clock.since(question.at);
      if (question.over !== undefined && age > OVER_SHOWN_MS) await deleteQuestion(tx, id);
      if (question.over !== undefined || age <= ANSWERED_WITHIN_MS) continue;
      await openQuestions.end(tx, id, question, "unanswered");
      await openQuestions.decline(tx, question);
    }
    for (const [shared, { at }] of await listAccepted(tx))
      if (clock.since(at) > ANSWERED_WITHIN_MS) await forgetAccepted(tx, shared);
    await sweepTimesAsked(tx, (at) => clock.since(at) < DAY_MS);
  }

  return { offered, ended, mayFollow, mayBeIn, blocked, reached, tick };
}
