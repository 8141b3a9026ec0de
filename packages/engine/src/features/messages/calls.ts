/** Texts of a conversation, what was begun of them, and search. */
import type { MessageView, SearchHit } from "../../api/views.ts";
import { id, limit, order, query, returns, words, type DeclaredCommands } from "../../api/declare.ts";
import { optional } from "../../api/shapes.ts";

export const commands = {
  /**
   * Resolves once the message is saved on this device; it leaves when the store can be reached.
   * `request`: a name of this call, up to 64 characters: called again with the same, it is the same
   * message. `draft`: the draft that it was written as: gone with the same transaction, unless
   * another was kept since. `replyTo`: the message of this conversation that it answers.
   */
  sendText: {
    parameters: {
      conversation: id,
      text: words,
      request: optional(words),
      draft: optional(words),
      replyTo: optional(id),
    },
    returns: returns<{ message: string }>(),
    repeatable: "by request",
  },
  /** Tries a failed message again. */
  resend: { parameters: { message: id }, returns: returns<void>(), repeatable: true },
  /**
   * Asks the author of the messages that a line of kind `held` counts to send them again:
   * `not_a_contact`, `message_unknown`.
   */
  askForHeld: { parameters: { message: id }, returns: returns<void>() },
  /**
   * Removes a message from this person's devices only; it does not come back when its author says
   * it again. One's own that waits is stopped. `left`: whether the others have it. `perhaps`: it
   * was on its way, and what is stored already stays.
   */
  forgetMessage: { parameters: { message: id }, returns: returns<{ left: "no" | "perhaps" | "yes" }>() },
  /**
   * This person has seen the message of this order, and so all before it. What came later stays
   * unread, and a mark never goes back. `conversation_unknown`.
   */
  markRead: { parameters: { conversation: id, upTo: order }, returns: returns<void>(), repeatable: true },
  /**
   * Keeps what was begun, and gives the draft that stands then. `was`: the draft that the writer
   * knew; what another window kept since is not lost, it stands before theirs. Without it this
   * draft takes the place of any other.
   */
  saveDraft: {
    parameters: { conversation: id, text: words, was: optional(words) },
    returns: returns<{ draft: string }>(),
    repeatable: true,
  },
  /**
   * Messages with all these words, newest first, up to `limit`; `before`: older than the message of
   * this order, to continue after the last hit; `conversation`: only there. Fewer than `limit`:
   * there are no more.
   */
  search: {
    parameters: { text: words, limit, before: optional(order), conversation: optional(id) },
    returns: returns<SearchHit[]>(),
    repeatable: true,
  },
} as const satisfies DeclaredCommands;

export const queries = {
  /**
   * One page of a conversation, oldest first: up to `limit` messages. Without a position, the
   * newest. `before`: the page ends before this order. `after`: it begins after this order.
   * `around`: half of the page is older, the other half is this order and what follows; where one
   * side has less, the other has more. The order need not be that of a message.
   * `request_malformed`: more than one position.
   */
  messages: query({
    parameters: {
      conversation: id,
      limit,
      before: optional(order),
      after: optional(order),
      around: optional(order),
    },
    returns: returns<{ messages: MessageView[]; hasOlder: boolean; hasNewer: boolean }>(),
    topics: ({ conversation }) => [`messages:${conversation}`, "contacts"],
  }),
};
