import type { QueryHandlers } from "../../api/handlers.ts";
import type { Groups } from "./feature.ts";

export function createGroupQueries(groups: Pick<Groups, "view" | "questions">) {
  return {
    group: (tx, { id }) => groups.view(tx, id),
    groupQuestions: (tx) => groups.questions(tx),
  } satisfies Partial<QueryHandlers>;
}
