import type { Chat } from "../chat.ts";

/** A command of the chat. `list.ts` names every one of them. */
export interface ChatCommand {
  /** With its slash. */
  readonly word: `/${string}`;
  /** `argument`: what stands behind the word. */
  run(chat: Chat, argument: string): void | Promise<void>;
}
