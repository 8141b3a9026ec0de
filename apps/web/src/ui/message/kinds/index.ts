/** What the app asks of the kind of a message. */
import type { MessageView } from "@pli/engine/api";
import type { Kind, MessageKind } from "./kind.ts";
import * as list from "./list.ts";

const KINDS: { readonly [K in Kind]: MessageKind<K> } = list;

export function kindOf({ body }: MessageView): MessageKind<Kind> {
  return KINDS[body.kind];
}

/** Whether the message stands in a bubble; otherwise it is a line between bubbles. */
export function isBubble(message: MessageView): boolean {
  return kindOf(message).shape === "bubble";
}

/** The text that the author typed; undefined when the message holds none. */
export function typedText(message: MessageView): string | undefined {
  const kind = kindOf(message);
  return kind.shape === "bubble" ? kind.typed?.(message) : undefined;
}
