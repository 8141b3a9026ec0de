import type { MessageView } from "@pli/engine/api";

/** What the reader can do with a message. */
export interface MessageActions {
  copy(text: string): void;
  /** Asks the author again for the messages that a line of kind `held` counts. */
  askAgain(message: MessageView): void;
  resend(message: MessageView): void;
  forget(message: MessageView): void;
  /** Whether this person may write here, and so answer, react and take back. */
  readonly writable: boolean;
  /** Whether this person may delete it for everybody. */
  mayDelete(message: MessageView): boolean;
  deleteForEveryone(message: MessageView): void;
  /** The composer answers it, or says it otherwise. */
  answer(message: MessageView): void;
  edit(message: MessageView): void;
  /** Without an emoji, none of this person stands at it. */
  react(message: MessageView, emoji?: string): void;
  star(message: MessageView): void;
  /** Asks to whom it is said again. */
  forward(message: MessageView): void;
  /** Shows what it has said before. */
  showVersions(message: MessageView): void;
  /** Brings the message of this order into view. */
  goTo(order: number): void;
  /** Shows the whole address and asks before it opens. */
  openLink(href: string): void;
}
