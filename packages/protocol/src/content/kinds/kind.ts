import { isMessageId, type DISPOSITION, type MessageId } from "../mimi.ts";

/** The other messages that a message names. */
export interface Links {
  readonly inReplyTo: MessageId | undefined;
  readonly replaces: MessageId | undefined;
}

/** Whether a message of a kind names another one in this way. */
type Link = "never" | "perhaps" | "always";

/** Whether what a message names in this way is as its kind wants it. */
export const isLink = (link: Link, id: MessageId | undefined): boolean =>
  id === undefined ? link !== "always" : link !== "never" && isMessageId(id);

/** How one kind of content stands in a MIMI message. Its module defines its bounds. */
export interface Kind<B extends { readonly kind: string }> {
  /** Undefined: it has no content (the NullPart of MIMI). */
  readonly contentType: string | undefined;
  readonly disposition: (typeof DISPOSITION)[keyof typeof DISPOSITION];
  readonly inReplyTo: Link;
  readonly replaces: Exclude<Link, "perhaps">;
  /** It may say after how long it disappears. */
  readonly mayDisappear: boolean;
  /** Throws RangeError on what is beyond the bounds of the kind: our own mistake. */
  encode(body: B): Uint8Array;
  /** Undefined for what is beyond the bounds of the kind. */
  parse(content: Uint8Array, links: Links): B | undefined;
}
