import type { GroupView } from "../../api/api.ts";
import type { QueryHandlers } from "../../api/handlers.ts";
import type { Tx } from "../../runtime/context.ts";
import type { Questions } from "./questions.ts";

export function createGroupQueries(parts: {
  questions: Pick<Questions, "list">;
  view(tx: Tx, id: string): Promise<GroupView | undefined>;
}) {
  return {
    group: (tx, { id }) => parts.view(tx, id),
    groupQuestions: (tx) => parts.questions.list(tx),
  } satisfies Partial<QueryHandlers>;
}
