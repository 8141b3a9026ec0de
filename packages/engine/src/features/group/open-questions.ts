/** The questions that wait for the person's answer, and what the others hear of it. */
import { mayAsk } from "@pli/protocol/group";
import type { Contact, Contacts } from "../../people/contacts.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import type { Leaving } from "./leaving.ts";
import {
  deleteQuestion,
  insertQuestion,
  listQuestions,
  saveTimesAsked,
  timesAsked,
  type Over,
  type Question,
} from "./question-state.ts";
import type { Talk } from "./talk.ts";

const DAY_MS = 86_400_000;

export interface OpenQuestions {
  /**
   * False: there are too many questions already. A repeated question takes the place of the earlier
   * one.
   */
  ask(tx: Tx, question: Question): Promise<boolean>;
  /** It is shown as over for a while. */
  end(tx: Tx, id: string, question: Question, why: Over): Promise<void>;
  /** The contact who asked hears the no. */
  decline(tx: Tx, question: Question): Promise<void>;
  /** Answers whether the person comes into a group. */
  say(tx: Tx, contact: Contact, group: Uint8Array, accepts: boolean): Promise<void>;
}

export function createOpenQuestions(
  { clock, crypto }: Context,
  { contacts, leaving, talk }: { contacts: Contacts; leaving: Leaving; talk: Talk },
): OpenQuestions {
  async function ask(tx: Tx, question: Question): Promise<boolean> {
    const open = (await listQuestions(tx)).filter(([, { over }]) => over === undefined);
    const same = open.find(([, { by, shared }]) => by === question.by && shared === question.shared);
    if (same !== undefined) {
      const [id, before] = same;
      if (isSame(before, question)) return true;
      await deleteQuestion(tx, id);
      await insertQuestion(tx, crypto, { ...question, at: before.at });
      return true;
    }
    if (!(await makeRoom(tx, question.by, open))) return false;
    await insertQuestion(tx, crypto, question);
    return true;
  }

  async function makeRoom(tx: Tx, by: string, open: readonly (readonly [string, Question])[]): Promise<boolean> {
    const today = (await timesAsked(tx, by)).filter((at) => clock.since(at) < DAY_MS);
    const askers = open.map(([, question]) => question.by);
    const room = mayAsk(by, askers, today.length);
    if (room === false) return false;
    const gone = room === true ? undefined : open[room];
    if (gone !== undefined) {
      await deleteQuestion(tx, gone[0]);
      await decline(tx, gone[1]);
    }
    await saveTimesAsked(tx, by, [...today, clock.now()]);
    return true;
  }

  async function end(tx: Tx, id: string, question: Question, why: Over): Promise<void> {
    const { kept: _, ...said } = question;
    await deleteQuestion(tx, id);
    await insertQuestion(tx, crypto, { ...said, at: clock.now(), over: why });
  }

  /** A person whom the others have in the group already gives them the word of leaving. */
  async function decline(tx: Tx, { by, shared, why }: Question): Promise<void> {
    const contact = await contacts.find(tx, by);
    if (contact === undefined || contact.blocked) return;
    const group = talk.bytes(shared);
    if (why === "offered") await say(tx, contact, group, false);
    if (why === "added" || why === "listed") await leaving.decline(tx, contact, group);
  }

  const say = (tx: Tx, contact: Contact, conversation: Uint8Array, accepts: boolean): Promise<void> =>
    talk.send(tx, contact.conversation, { name: "group-offer-answer", conversation, accepts: accepts ? 1 : 0 });

  return { ask, end, decline, say };
}

const isSame = (one: Question, other: Question): boolean =>
  one.why === other.why &&
  one.title === other.title &&
  one.members === other.members &&
  one.store === other.store &&
  JSON.stringify(one.kept) === JSON.stringify(other.kept);
