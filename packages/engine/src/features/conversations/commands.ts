import type { CommandHandlers } from "../../api/handlers.ts";
import { getConversation } from "../../epochs/conversations.ts";

export const conversationCommands = {
  mute: async (tx, { conversation, muted }) => {
    await getConversation(tx, conversation);
    await tx.sql.run("UPDATE conversations SET muted = ? WHERE id = ?", [muted ? 1 : 0, conversation]);
    tx.changed("conversations");
  },
} satisfies Partial<CommandHandlers>;
