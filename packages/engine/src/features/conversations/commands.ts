import type { CommandHandlers } from "../../api/handlers.ts";
import { getConversation, setMuted } from "../../epochs/conversations.table.ts";

export const conversationCommands = {
  mute: async (tx, { conversation, muted }) => {
    await getConversation(tx, conversation);
    await setMuted(tx, conversation, muted);
  },
} satisfies Partial<CommandHandlers>;
