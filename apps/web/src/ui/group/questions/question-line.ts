import type { GroupQuestionView } from "@pli/engine/api";
import { nameForQuotes, type Naming } from "@pli/engine/content";
import type { Words } from "../../../words/index.ts";

/** Who wants what, in one sentence. */
export function questionLine(
  { why, from, name }: GroupQuestionView,
  { group }: Words,
  { nameOf }: Pick<Naming, "nameOf">,
): string {
  const say = group.questions;
  return why === "offered" ? say.offered(nameOf(from), nameForQuotes(name ?? "")) : say[why](nameOf(from));
}
