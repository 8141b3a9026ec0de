/** The list of conversations. */
import type { ConversationView } from "../../api/views.ts";
import { id, query, returns, type DeclaredCommands } from "../../api/declare.ts";
import { flag } from "../../api/shapes.ts";

export const commands = {
  mute: { parameters: { conversation: id, muted: flag }, returns: returns<void>(), repeatable: true },
  /** On this device alone. The app asks for what opens the profile before it ends a lock. */
  lockConversation: { parameters: { conversation: id, locked: flag }, returns: returns<void>(), repeatable: true },
} as const satisfies DeclaredCommands;

export const queries = {
  conversations: query({
    parameters: {},
    returns: returns<ConversationView[]>(),
    topics: () => ["conversations"],
  }),
  conversation: query({
    parameters: { id },
    returns: returns<ConversationView | undefined>(),
    topics: () => ["conversations"],
  }),
  /** The groups that this person and a contact are both in, the most recent first. */
  groupsWith: query({
    parameters: { contact: id },
    returns: returns<ConversationView[]>(),
    topics: () => ["conversations"],
  }),
};
