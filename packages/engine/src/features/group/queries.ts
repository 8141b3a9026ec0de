import type { QueryHandlers } from "../../api/handlers.ts";
import type { GroupParts } from "./feature.ts";

export function createGroupQueries({ questions, view }: Pick<GroupParts, "questions" | "view">) {
  return {
    group: (tx, { id }) => view(tx, id),
    groupQuestions: (tx) => questions.list(tx),
  } satisfies Partial<QueryHandlers>;
}
