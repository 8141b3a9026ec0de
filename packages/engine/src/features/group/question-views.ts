/** The questions about groups, as people see them. */
import type { GroupQuestionView } from "../../api/views.ts";
import { findGroup } from "../../epochs/conversations.table.ts";
import { idBytes } from "../../epochs/conversations.ts";
import type { Tx } from "../../runtime/context.ts";
import { isKnownStore, mayBeCalled } from "./known-stores.ts";
import { ANSWERED_WITHIN_MS } from "./offers.ts";
import { named } from "./people.table.ts";
import { listQuestions, type Question } from "./question-state.ts";

/** `home`: the home store, beside which another is named. */
export async function listQuestionViews(tx: Tx, home: string): Promise<GroupQuestionView[]> {
  const views: GroupQuestionView[] = [];
  for (const [id, question] of await listQuestions(tx)) views.push(await viewOf(tx, home, id, question));
  return views;
}

async function viewOf(tx: Tx, home: string, id: string, question: Question): Promise<GroupQuestionView> {
  const { by, why, at, title, members, store, over } = question;
  const [from = { id: by, name: by }] = await named(tx, [by]);
  const isOther = store !== undefined && !(await isKnownStore(tx, home, store));
  const group = await findGroup(tx, idBytes(question.shared));
  const known = why === "moved" ? group?.id : undefined;
  return {
    id,
    from,
    why,
    at,
    ...(title !== undefined && { name: title }),
    ...(members !== undefined && { members }),
    ...(isOther && { store }),
    ...(isOther && !mayBeCalled(home, store) && { isPrivate: true }),
    ...(known !== undefined && { conversation: known }),
    ...(over === undefined ? { until: at + ANSWERED_WITHIN_MS } : { over }),
  };
}
