import type { ConversationView, MessageView } from "@pli/engine/api";
import { parseMarkdown, plainFromMarkdown } from "@pli/engine/content";
import type { Words } from "../../words/index.ts";

/** The words of a message without marks, whatever it holds. */
export function lineOf(message: MessageView, name: string, words: Words): string {
  const { body } = message;
  switch (body.kind) {
    case "text":
      return plainFromMarkdown(parseMarkdown(body.text));
    case "unknown":
      return words.thread.unknown;
    case "gap":
      return words.thread.gap(name, body.count);
    case "rejoined":
      return words.thread.rejoined;
    case "paired":
      return words.thread.paired(name);
    case "renamed":
      return message.mine ? words.thread.renamedSelf(body.to) : words.thread.renamed(body.from, body.to);
  }
}

export interface Preview {
  kind: "draft" | "own" | "other";
  text: string;
}

/** What the list shows under a name: the draft if there is one, otherwise the last message. */
export function previewOf(conversation: ConversationView, words: Words): Preview {
  const { draft, last, name, state } = conversation;
  if (draft.trim() !== "") return { kind: "draft", text: draft };
  if (state === "rejoining") return { kind: "other", text: words.list.rejoining };
  if (last === undefined) return { kind: "other", text: "" };
  return { kind: last.mine && last.body.kind === "text" ? "own" : "other", text: lineOf(last, name, words) };
}
