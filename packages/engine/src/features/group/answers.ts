/** What the person says to a question about a group, and what becomes of a yes. */
import { toHex } from "@pli/protocol/crypto";
import type { Stores } from "../../delivery/stores.ts";
import type { Contact, Contacts } from "../../people/contacts.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { PliError } from "../../runtime/errors.ts";
import { createTxEvent, type TxEvent } from "../../runtime/tx-event.ts";
import type { Kept } from "./invitations.ts";
import { isKnownStore, mayBeCalled } from "./known-stores.ts";
import type { Leaving } from "./leaving.ts";
import type { OpenQuestions } from "./open-questions.ts";
import {
  deleteQuestion,
  findAccepted,
  findQuestion,
  forgetAccepted,
  insertQuestion,
  saveAccepted,
  saveTimesAsked,
  timesAsked,
  type Question,
} from "./question-state.ts";
import type { Talk } from "./talk.ts";

/** The person has said yes: to an offer, to an invitation that was kept, to being listed. */
export interface AcceptedEvents {
  /** The invitation into this group is awaited. */
  readonly offered: TxEvent<{ shared: string; by: string; title: string; store: string }>;
  readonly kept: TxEvent<{ by: string; kept: Kept }>;
  /** A contact in whose list this device is may bring it in. */
  readonly listed: TxEvent<{ contact: Contact; shared: Uint8Array }>;
}

export interface Answers {
  readonly accepted: AcceptedEvents;
  /**
   * The person answers; `question_unknown`, and `store_private` for a store that is not called at
   * anybody's word.
   */
  answer(tx: Tx, id: string, accept: boolean): Promise<void>;
  /** The person takes their yes back; `by`: whose invitation it was, where nobody was asked. */
  takeBack(tx: Tx, shared: Uint8Array, by?: string): Promise<void>;
  /** What was accepted cannot be had: a question that is over says so. */
  gaveUp(tx: Tx, shared: Uint8Array, title: string, why: "failed" | "withdrawn"): Promise<void>;
}

export function createAnswers(
  { clock, crypto }: Context,
  deps: {
    contacts: Contacts;
    leaving: Leaving;
    openQuestions: OpenQuestions;
    stores: Pick<Stores, "home">;
    talk: Talk;
  },
): Answers {
  const { contacts, leaving, openQuestions, stores, talk } = deps;
  const accepted: AcceptedEvents = { offered: createTxEvent(), kept: createTxEvent(), listed: createTxEvent() };

  async function answer(tx: Tx, id: string, accept: boolean): Promise<void> {
    const question = await findQuestion(tx, id);
    if (question === undefined) throw new PliError("question_unknown");
    if (accept && question.over !== undefined) throw new PliError("question_unknown");
    if (accept) await mustBeCallable(tx, question);
    await deleteQuestion(tx, id);
    if (accept) await accepts(tx, question);
    else if (question.over === undefined) await openQuestions.decline(tx, question);
  }

  async function mustBeCallable(tx: Tx, { store }: Question): Promise<void> {
    if (store === undefined || mayBeCalled(stores.home, store)) return;
    if (!(await isKnownStore(tx, stores.home, store))) throw new PliError("store_private");
  }

  async function accepts(tx: Tx, question: Question): Promise<void> {
    const { by, shared, why, title = "", store, kept } = question;
    await saveAccepted(tx, shared, { by, at: clock.now(), ...(store !== undefined && { store }) });
    // What was welcome does not count as asking too much.
    await saveTimesAsked(tx, by, (await timesAsked(tx, by)).slice(0, -1));
    const group = talk.bytes(shared);
    // They want to be in it now, whatever they said when they left.
    await leaving.joined(tx, group);
    const contact = await contacts.find(tx, by);
    if (kept !== undefined) return accepted.kept.emit(tx, { by, kept });
    if (contact === undefined || contact.blocked) return;
    if (why === "listed") return accepted.listed.emit(tx, { contact, shared: group });
    await accepted.offered.emit(tx, { shared, by, title, store: store ?? stores.home });
    await openQuestions.say(tx, contact, group, true);
  }

  async function takeBack(tx: Tx, shared: Uint8Array, by?: string): Promise<void> {
    const who = (await findAccepted(tx, toHex(shared)))?.by ?? by;
    await forgetAccepted(tx, toHex(shared));
    const contact = who === undefined ? undefined : await contacts.find(tx, who);
    if (contact === undefined || contact.blocked) return;
    await openQuestions.say(tx, contact, shared, false);
    await leaving.decline(tx, contact, shared);
  }

  async function gaveUp(tx: Tx, group: Uint8Array, title: string, why: "failed" | "withdrawn"): Promise<void> {
    const shared = toHex(group);
    const yes = await findAccepted(tx, shared);
    if (yes === undefined) return;
    if (why === "failed") await takeBack(tx, group);
    await forgetAccepted(tx, shared);
    const { by, store } = yes;
    const said = { ...(title !== "" && { title }), ...(store !== undefined && { store }) };
    await insertQuestion(tx, crypto, { by, shared, why: "offered", at: clock.now(), ...said, over: why });
  }

  return { accepted, answer, takeBack, gaveUp };
}
