import type { DISPOSITION, MessageId } from "../mimi.ts";

/** How one kind of content stands in a MIMI message. Its module defines its bounds. */
export interface Kind<B extends { readonly kind: string }> {
  readonly contentType: string;
  readonly disposition: (typeof DISPOSITION)[keyof typeof DISPOSITION];
  /**
   * Said to people, so it may reply and it may disappear. What clients say to each other may not.
   */
  readonly isForPeople: boolean;
  /** Throws RangeError on what is beyond the bounds of the kind: our own mistake. */
  encode(body: B): Uint8Array;
  /** Undefined for what is beyond the bounds of the kind. */
  parse(content: Uint8Array, inReplyTo: MessageId | undefined): B | undefined;
}
