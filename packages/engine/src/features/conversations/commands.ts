import { toHex } from "@pli/protocol/crypto";
import type { CommandHandlers } from "../../api/handlers.ts";
import { setLocked } from "./locked.ts";
import { getConversation, setMuted } from "../../epochs/conversations.table.ts";
import type { Kit } from "../../kit.ts";

export const createConversationCommands = ({ selfMap }: Pick<Kit, "selfMap">) =>
  ({
    mute: async (tx, { conversation, muted }) => {
      const { shared } = await getConversation(tx, conversation);
      await setMuted(tx, conversation, muted);
      await selfMap.set(tx, `muted/${toHex(shared)}`, Uint8Array.of(muted ? 1 : 0));
    },
    lockConversation: async (tx, { conversation, locked }) => {
      await getConversation(tx, conversation);
      await setLocked(tx, conversation, locked);
    },
  }) satisfies Partial<CommandHandlers>;
