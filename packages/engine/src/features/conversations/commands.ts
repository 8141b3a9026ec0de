import type { CommandHandlers } from "../../api/handlers.ts";
import { setLocked } from "./locked.ts";
import { getConversation, setMuted } from "../../epochs/conversations.table.ts";

export const conversationCommands = {
  mute: async (tx, { conversation, muted }) => {
    await getConversation(tx, conversation);
    await setMuted(tx, conversation, muted);
  },
  lockConversation: async (tx, { conversation, locked }) => {
    await getConversation(tx, conversation);
    await setLocked(tx, conversation, locked);
  },
} satisfies Partial<CommandHandlers>;
