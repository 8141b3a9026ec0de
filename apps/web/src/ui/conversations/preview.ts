import type { ConversationView, MessageView } from "@pli/engine/api";
import { parseMarkdown, plainFromMarkdown, shownName, shownText } from "@pli/engine/content";
import { changeLine } from "../group/lines/changes.ts";
import { whoOf } from "../naming.ts";
import type { Teller } from "../teller.ts";

/**
 * The words of a message without marks, whatever it holds. `name` is how the conversation is
 * called.
 */
export function lineOf(message: MessageView, name: string, teller: Teller): string {
  const { body } = message;
  const { words } = teller;
  switch (body.kind) {
    case "text":
      return shownText(plainFromMarkdown(parseMarkdown(body.text)) || body.text);
    case "unknown":
      return words.thread.unknown;
    case "gap":
      return words.thread.gap(authorOf(message, name, teller), body.count);
    case "held":
      return words.thread.held(authorOf(message, name, teller), body.count);
    case "away":
      return words.thread.away(body.days);
    case "blocked":
      return words.thread.whileBlocked(authorOf(message, name, teller), body.count);
    case "rejoined":
      return words.thread.rejoined;
    case "paired":
      return words.thread.paired(name);
    case "renamed":
      return message.mine
        ? words.thread.renamedSelf(body.to)
        : words.thread.renamed(shownName(body.from), teller.nameOf({ id: message.from, name: body.to }));
    case "change":
      return changeLine(message, body.change, teller);
  }
}

/** Who wrote it, as the reader calls them; in a conversation of two whom it is with. */
export const authorOf = ({ from, fromName }: MessageView, name: string, { nameOf }: Teller): string =>
  fromName === "" ? name : nameOf({ id: from, name: fromName });

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
export function previewOf(conversation: ConversationView, teller: Teller): Preview {
  const { draft, last, state, kind } = conversation;
  const name = teller.nameOf(whoOf(conversation));
  const { words } = teller;
  if (draft.trim() !== "") return { kind: "draft", text: shownText(draft) };
  if (state === "rejoining") return { kind: "other", text: words.list.rejoining };
  if (state === "joining") return { kind: "other", text: words.group.joining };
  if (last === undefined) return { kind: "other", text: "" };
  const text = lineOf(last, name, teller);
  if (last.body.kind !== "text") return { kind: "other", text };
  if (last.mine) return { kind: "own", text };
  return kind === "group"
    ? { kind: "other", author: authorOf(last, name, teller), text: firstLine(text) }
    : { kind: "other", text };
}
