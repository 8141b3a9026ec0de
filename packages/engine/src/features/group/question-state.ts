/** What is kept of questions about groups: those that are open or over, and each yes. */
import { toHex, type Crypto } from "@pli/protocol/crypto";
import type { GroupQuestionView } from "../../api/views.ts";
import type { Tx } from "../../runtime/context.ts";
import { deleteMeta, findMeta, listMeta, saveMeta } from "../../runtime/storage/meta.ts";
import type { Kept } from "./invitations.ts";

const ID_BYTES = 16;
const [QUESTION, ACCEPTED, ASKED] = ["question", "accepted", "asked"] as const;

/** How a question ended without an answer. */
export type Over = NonNullable<GroupQuestionView["over"]>;

/** A question as it is kept until it is answered. */
export interface Question {
  /** Who asks: a contact; where a store has moved, also another member. */
  readonly by: string;
  /** The group, hexadecimal. */
  readonly shared: string;
  readonly why: GroupQuestionView["why"];
  readonly at: number;
  /** As the one who asks says it. */
  readonly title?: string;
  readonly members?: number;
  readonly store?: string;
  /** Somebody has added us already: what leads there. */
  readonly kept?: Kept;
  readonly over?: Over;
}

/** A person's yes, until this device is in the group. */
export interface Accepted {
  readonly by: string;
  readonly at: number;
  /** Absent while nobody has said where the group is. */
  readonly store?: string;
}

export const findQuestion = (tx: Tx, id: string): Promise<Question | undefined> => findMeta(tx, `${QUESTION} ${id}`);

/** All questions and their ids, the oldest first. */
export async function listQuestions(tx: Tx): Promise<(readonly [string, Question])[]> {
  return (await listMeta<Question>(tx, QUESTION)).toSorted(([, one], [, other]) => one.at - other.at);
}

/** Under an id of its own, also when it replaces another: an answer is to what was read. */
export async function insertQuestion(tx: Tx, crypto: Crypto, question: Question): Promise<void> {
  await saveMeta(tx, `${QUESTION} ${toHex(crypto.random(ID_BYTES))}`, question);
  tx.changed("groupQuestions");
}

export async function deleteQuestion(tx: Tx, id: string): Promise<void> {
  await deleteMeta(tx, `${QUESTION} ${id}`);
  tx.changed("groupQuestions");
}

/** `shared`: the group, hexadecimal. */
export const findAccepted = (tx: Tx, shared: string): Promise<Accepted | undefined> =>
  findMeta(tx, `${ACCEPTED} ${shared}`);

/** Each yes, by the group that it was said to. */
export const listAccepted = (tx: Tx): Promise<(readonly [string, Accepted])[]> => listMeta(tx, ACCEPTED);

export const saveAccepted = (tx: Tx, shared: string, accepted: Accepted): Promise<void> =>
  saveMeta(tx, `${ACCEPTED} ${shared}`, accepted);

export const forgetAccepted = (tx: Tx, shared: string): Promise<void> => deleteMeta(tx, `${ACCEPTED} ${shared}`);

/** When this contact asked what got no yes, in ms. */
export const timesAsked = async (tx: Tx, by: string): Promise<readonly number[]> =>
  (await findMeta<number[]>(tx, `${ASKED} ${by}`)) ?? [];

export const saveTimesAsked = (tx: Tx, by: string, times: readonly number[]): Promise<void> =>
  saveMeta(tx, `${ASKED} ${by}`, times);

/** Forgets who asked nothing that still counts. */
export async function sweepTimesAsked(tx: Tx, counts: (at: number) => boolean): Promise<void> {
  for (const [by, times] of await listMeta<readonly number[]>(tx, ASKED))
    if (!times.some(counts)) await deleteMeta(tx, `${ASKED} ${by}`);
}
