import type { Kit } from "../../kit.ts";
import { createConversationCommands } from "./commands.ts";
import { createConversationQueries, type JoiningGroups } from "./queries.ts";

/** The list of conversations, of two and of groups. */
export const createConversations = (kit: Kit, groups: JoiningGroups) => ({
  commands: createConversationCommands(kit),
  queries: createConversationQueries(kit, groups),
});
