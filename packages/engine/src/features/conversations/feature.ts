import type { Kit } from "../../kit.ts";
import type { Groups } from "../group/feature.ts";
import { conversationCommands } from "./commands.ts";
import { createConversationQueries } from "./queries.ts";

/** The list of conversations, of two and of groups. */
export const createConversations = (kit: Kit, groups: Pick<Groups, "joining">) => ({
  commands: conversationCommands,
  queries: createConversationQueries(kit, groups),
});
