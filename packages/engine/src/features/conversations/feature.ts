import type { Kit } from "../../kit.ts";
import { conversationCommands } from "./commands.ts";
import { createConversationQueries, type JoiningGroups } from "./queries.ts";

/** The list of conversations, of two and of groups. */
export const createConversations = (kit: Kit, groups: JoiningGroups) => ({
  commands: conversationCommands,
  queries: createConversationQueries(kit, groups),
});
