import type { GroupView } from "../../api/views.ts";
import type { QueryHandlers } from "../../api/handlers.ts";
import type { Tx } from "../../runtime/context.ts";
import { listQuestionViews } from "./question-views.ts";

export function createGroupQueries(deps: {
  stores: { readonly home: string };
  view(tx: Tx, id: string): Promise<GroupView | undefined>;
}) {
  return {
    group: (tx, { id }) => deps.view(tx, id),
    groupQuestions: (tx) => listQuestionViews(tx, deps.stores.home),
  } satisfies Partial<QueryHandlers>;
}
