import type { GroupQuestionView } from "@pli/engine/api";
import { nameForQuotes } from "@pli/engine/content";
import { shortId } from "../../contact.ts";
import type { Context } from "../../context.ts";
import { oneLine } from "../../text/safe.ts";
import type { ChatState } from "../state.ts";

export const isOpen = ({ over }: GroupQuestionView): boolean => over === undefined;

/** The oldest open question about a group, and how to answer it. */
export function questionNotice({ words }: Context, { questions, reader }: ChatState): string {
  const say = words.group.questions;
  const [first, ...more] = questions.filter(isOpen);
  if (first === undefined) return say.none;
  const id = shortId(first.id);
  return [
    say[first.why](reader.nameOf(first.from), first.name === undefined ? undefined : nameForQuotes(first.name)),
    ...(first.store === undefined || first.isPrivate === true ? [] : [say.store(oneLine(first.store))]),
    ...(first.isPrivate === true ? [say.isPrivate, say.chatOnlyNo(id)] : [say.chatHow(id)]),
    ...(more.length === 0 ? [] : [say.more(more.length)]),
  ].join(" ");
}
