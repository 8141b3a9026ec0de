import type { ConversationView, MessageView } from "@pli/engine/api";
import { parseMarkdown, plainFromMarkdown } from "@pli/engine/content";
import { changeLine } from "../group/changes.ts";
import type { Teller } from "../teller.ts";

/** The words of a message without marks, whatever it holds. `name` is that of the conversation. */
export function lineOf(message: MessageView, name: string, teller: Teller): string {
  const { body } = message;
  const { words } = teller;
  switch (body.kind) {
    case "text":
      return plainFromMarkdown(parseMarkdown(body.text));
    case "unknown":
      return words.thread.unknown;
    case "gap":
      return words.thread.gap(message.fromName || name, body.count);
    case "rejoined":
      return words.thread.rejoined;
    case "paired":
      return words.thread.paired(name);
    case "renamed":
      return message.mine ? words.thread.renamedSelf(body.to) : words.thread.renamed(body.from, body.to);
    case "change":
      return changeLine(message, body.change, teller);
  }
}

export interface Preview {
  kind: "draft" | "own" | "other";
  /** Who says it, where that is not plain from the conversation. */
  author?: string;
  text: string;
}

/** What the list shows under a name: the draft if there is one, otherwise the last message. */
export function previewOf(conversation: ConversationView, teller: Teller): Preview {
  const { draft, last, name, state, kind } = conversation;
  const { words } = teller;
  if (draft.trim() !== "") return { kind: "draft", text: draft };
  if (state === "rejoining") return { kind: "other", text: words.list.rejoining };
  if (state === "joining") return { kind: "other", text: words.group.joining };
  if (last === undefined) return { kind: "other", text: "" };
  const text = lineOf(last, name, teller);
  if (last.body.kind !== "text") return { kind: "other", text };
  if (last.mine) return { kind: "own", text };
  return kind === "group" ? { kind: "other", author: last.fromName, text } : { kind: "other", text };
}
