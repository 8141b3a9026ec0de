import type { MessageView } from "@pli/engine/api";

/** What the reader can do with a message. */
export interface MessageActions {
  copy(text: string): void;
  /** Asks the author again for the messages that a line of kind `held` counts. */
  askAgain(message: MessageView): void;
  resend(message: MessageView): void;
  forget(message: MessageView): void;
  /** Shows the whole address and asks before it opens. */
  openLink(href: string): void;
}
