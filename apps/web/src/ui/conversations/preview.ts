import type { ConversationView } from "@pli/engine/api";
import { shownText } from "@pli/engine/content";
import { authorOf } from "../message/author.ts";
import { typedText } from "../message/kinds/index.ts";
import { lineOf } from "../message/line.ts";
import { whoOf } from "../naming.ts";
import type { Wording } from "../wording.ts";

export interface Preview {
  kind: "draft" | "own" | "other";
  /** Who says it, where that is not plain from the conversation. */
  author?: string;
  text: string;
}

/** Where an author stands before a text, a second line of it could name another. */
function firstLine(text: string): string {
  const [first = "", ...rest] = text.split("\n");
  return rest.length === 0 ? first : `${first} …`;
}

/** What the list shows under a name: the draft if there is one, otherwise the last message. */
export function previewOf(conversation: ConversationView, wording: Wording): Preview {
  const { draft, last, state, kind } = conversation;
  const name = wording.nameOf(whoOf(conversation));
  const { words } = wording;
  if (conversation.locked) return { kind: "other", text: words.list.locked };
  if (draft.trim() !== "") return { kind: "draft", text: shownText(draft) };
  if (state === "rejoining") return { kind: "other", text: words.list.rejoining };
  if (state === "joining") return { kind: "other", text: kind === "group" ? words.group.joining : words.list.onItsWay };
  if (last === undefined) return { kind: "other", text: "" };
  const text = lineOf(last, name, wording);
  if (typedText(last) === undefined) return { kind: "other", text };
  if (last.mine) return { kind: "own", text };
  return kind === "group"
    ? { kind: "other", author: authorOf(last, name, wording), text: firstLine(text) }
    : { kind: "other", text };
}
