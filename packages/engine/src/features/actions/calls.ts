/** What people do with a message: say it otherwise, delete it, react to it, mark it. */
import { id, limit, order, query, returns, words, type DeclaredCommands } from "../../api/declare.ts";
import { flag, optional, text } from "../../api/shapes.ts";
import type { MessageView, TextVersion } from "../../api/views.ts";

/** Longer than any emoji: what is none is refused by name. */
const emoji = text(256);

export const commands = {
  /**
   * An own text says this from now on. `message_unknown`, `not_allowed`: it is not this person's,
   * or they may not write there; `message_empty`, `message_too_long`.
   */
  editText: { parameters: { message: id, text: words }, returns: returns<void>() },
  /**
   * A message is deleted on all devices of all who have it; a line stays that says so. One's own,
   * and in a group every text, for its owners and admins. One that never left is only erased.
   * `message_unknown`, `not_allowed`.
   */
  deleteForEveryone: { parameters: { message: id }, returns: returns<void>(), repeatable: true },
  /**
   * One emoji of this person stands at a message, in place of an earlier one; without `emoji`,
   * none. `emoji_malformed`: it is not one emoji. `message_unknown`, `not_allowed`.
   */
  react: { parameters: { message: id, emoji: optional(emoji) }, returns: returns<void>(), repeatable: true },
  /** Marks a message for this person alone, on all of their devices. `message_unknown`. */
  star: { parameters: { message: id, on: flag }, returns: returns<void>(), repeatable: true },
} as const satisfies DeclaredCommands;

export const queries = {
  /** The messages whose ids begin so, up to two: with one, it is the one that is meant. */
  messagesNamed: query({
    parameters: { beginning: text(64) },
    returns: returns<MessageView[]>(),
    topics: () => ["conversations", "contacts"],
  }),
  /** What a text has said, the oldest first; the last is what it says. `message_unknown`. */
  versions: query({
    parameters: { conversation: id, message: id },
    returns: returns<TextVersion[]>(),
    topics: ({ conversation }) => [`messages:${conversation}`],
  }),
  /**
   * The messages that are starred, the newest first, up to `limit`; `before`: older than this
   * order.
   */
  starred: query({
    parameters: { limit, before: optional(order) },
    returns: returns<MessageView[]>(),
    topics: () => ["stars", "conversations", "contacts"],
  }),
};
