/** Groups: founding and changing them, leaving, and being asked to come in. */
import { MAX_LIFETIME_SECONDS } from "@pli/protocol/content";
import type { GroupQuestionView, GroupView } from "../../api/views.ts";
import { id, ids, query, returns, words, type DeclaredCommands } from "../../api/declare.ts";
import { choice, flag, optional, whole } from "../../api/shapes.ts";

export const commands = {
  /**
   * Founds a group; the contacts named are invited at once. Every change below resolves once it is
   * saved on this device as a pending operation; it is in effect when it has left `pending`, and a
   * line of the history says so (or says why it was dropped).
   */
  createGroup: {
    parameters: { name: words, contacts: ids, description: optional(words) },
    returns: returns<{ conversation: string }>(),
  },
  addToGroup: { parameters: { conversation: id, contacts: ids }, returns: returns<{ change: string }>() },
  removeFromGroup: { parameters: { conversation: id, members: ids }, returns: returns<{ change: string }>() },
  setRole: {
    parameters: { conversation: id, member: id, role: choice("owner", "admin", "member", "reader") },
    returns: returns<{ change: string }>(),
  },
  /**
   * `picture`: base64 of a JPEG, PNG or WebP of at most 64 KiB; empty removes it. `timer`: seconds
   * until messages disappear; 0: they stay.
   */
  changeGroup: {
    parameters: {
      conversation: id,
      name: optional(words),
      description: optional(words),
      picture: optional(words),
      whoAdds: optional(choice("admins", "members")),
      whoWrites: optional(choice("everyone", "admins")),
      timer: optional(whole(0, MAX_LIFETIME_SECONDS)),
      newcomersRead: optional(choice("nothing", "week")),
    },
    returns: returns<{ change: string }>(),
  },
  /** New encryption keys for this device in this group, now. */
  renewGroupKeys: { parameters: { conversation: id }, returns: returns<{ change: string }>() },
  /**
   * The last owner must name a successor: `owner_needed`. Resolves once saved; nothing can be
   * written from then on.
   */
  leaveGroup: { parameters: { conversation: id, successor: optional(id) }, returns: returns<void>() },
  /** Takes back what has not been sent yet: `change_unknown` when it is too late. */
  cancelChange: { parameters: { conversation: id, change: id }, returns: returns<void>() },
  /** An owner founds a group again whose changes somebody blocks. */
  foundSuccessorGroup: { parameters: { conversation: id, without: ids }, returns: returns<{ change: string }>() },
  /**
   * Answers a question of `groupQuestions`; no puts away one that is over. `question_unknown` when
   * it has changed or is over, `store_private` when yes would have this device call an address
   * within some network.
   */
  answerGroupQuestion: { parameters: { question: id, accept: flag }, returns: returns<void>() },
  /**
   * Deletes a conversation that was left, and its messages, from this device; or ends a joining
   * that waits.
   */
  deleteConversation: { parameters: { conversation: id }, returns: returns<void>() },
} as const satisfies DeclaredCommands;

export const queries = {
  /** A group as this person sees it; undefined for a conversation of two. */
  group: query({ parameters: { id }, returns: returns<GroupView | undefined>(), topics: () => ["conversations"] }),
  /** What others want this person to come into, oldest first; also what is over, for a week. */
  groupQuestions: query({
    parameters: {},
    returns: returns<GroupQuestionView[]>(),
    topics: () => ["groupQuestions"],
  }),
};
