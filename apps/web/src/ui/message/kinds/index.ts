/** The registry of message kinds: a kind without a renderer does not compile. */
import type { MessageView } from "@pli/engine/api";
import { away } from "./away.ts";
import { blocked } from "./blocked.ts";
import { change } from "./change.ts";
import { gap } from "./gap.ts";
import { held } from "./held.tsx";
import type { Kind, MessageKind } from "./kind.ts";
import { paired } from "./paired.ts";
import { rejoined } from "./rejoined.ts";
import { renamed } from "./renamed.ts";
import { text } from "./text.tsx";
import { unknown } from "./unknown.tsx";

const KINDS: { readonly [K in Kind]: MessageKind<K> } = {
  text,
  unknown,
  gap,
  held,
  blocked,
  away,
  rejoined,
  paired,
  renamed,
  change,
};

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
