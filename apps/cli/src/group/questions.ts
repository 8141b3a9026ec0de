/** What others ask of this person about groups. */
import type { GroupQuestionView, PliApi } from "@pli/engine/api";
import { nameForQuotes } from "@pli/engine/content";
import { findOne, shortId } from "../contact.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import type { Profile } from "../home.ts";
import { readerOf, type Reader } from "../naming.ts";
import { oneLine } from "../text/safe.ts";

/** A question in JSON: the shape of docs/cli.md. */
export const questionEvent = (question: GroupQuestionView) => ({
  event: "question",
  id: question.id,
  from: question.from.name,
  fromId: question.from.id,
  why: question.why,
  name: question.name ?? null,
  members: question.members ?? null,
  store: question.store ?? null,
  private: question.isPrivate === true,
  at: question.at,
  until: question.until ?? null,
  over: question.over ?? null,
});

/**
 * What is asked, what a yes would do beyond that, and how to answer. What others wrote cannot fill
 * more than one line.
 */
export function questionLines({ words, style }: Context, question: GroupQuestionView, reader: Reader): string[] {
  const say = words.group.questions;
  const from = reader.nameOf(question.from);
  const name = question.name === undefined ? undefined : nameForQuotes(question.name);
  const title = style.bold(`${shortId(question.id)}  ${say[question.why](from, name)}`);
  if (question.over !== undefined) return [title, `  ${say.over[question.over]}`];
  const facts = [
    ...(question.members === undefined ? [] : [say.members(from, question.members)]),
    ...(question.store === undefined ? [] : [say.store(oneLine(question.store))]),
    ...(question.isPrivate === true ? [say.isPrivate] : []),
  ];
  const answers = question.isPrivate === true ? say.onlyNo(shortId(question.id)) : say.how(shortId(question.id));
  return [title, ...facts.map((fact) => `  ${fact}`), `  ${style.dim(answers)}`];
}

/**
 * The open question that a query means, by the name of its group, by who asks or by the beginning
 * of its identifier. Throws `question_unknown`.
 */
export async function findQuestion(context: Context, api: PliApi, query: string): Promise<GroupQuestionView> {
  const all = await api.read("groupQuestions", {});
  const nobody = (): Failure => new Failure("question_unknown", { advice: context.words.group.questions.list });
  const named = all.map((question) => ({ question, id: question.id, name: question.name ?? question.from.name }));
  return findOne(context, named, query, nobody).question;
}

/** Prints each open question once, when it comes, until the returned function is called. */
export function sayQuestions(context: Context, api: PliApi, me: Profile): () => void {
  const printed = new Set<string>();
  return api.watch("groupQuestions", {}, (questions) => {
    const fresh = questions.filter(({ id, over }) => over === undefined && !printed.has(id));
    for (const { id } of fresh) printed.add(id);
    void sayEach(context, api, me, fresh).catch(() => undefined);
  });
}

/** Prints these questions. */
export async function sayEach(
  context: Context,
  api: PliApi,
  me: Profile,
  questions: readonly GroupQuestionView[],
): Promise<void> {
  const reader = await readerOf(api, me);
  for (const question of questions) {
    context.emit(questionEvent(question));
    for (const line of questionLines(context, question, reader)) context.say(line);
  }
}

/** Changes whether contacts ask before they add this person to a group. Gives the setting. */
export async function setAsking(api: PliApi, on: boolean | undefined): Promise<boolean> {
  if (on !== undefined) await api.changeSettings({ askBeforeGroups: on });
  return (await api.read("settings", {})).askBeforeGroups;
}
