import { findSelfConversation } from "../../epochs/conversations.table.ts";
import type { Tx } from "../../runtime/context.ts";
import type { Sending } from "../messages/sending.ts";

/** What the devices of this person tell each other, in their own conversation. */
export interface OwnTalk {
  /** Nothing is said while there is one device only. */
  say(tx: Tx, name: string, body: Uint8Array): Promise<void>;
}

export function createOwnTalk({ sending }: { sending: Sending }): OwnTalk {
  return {
    say: async (tx, name, body) => {
      const self = await findSelfConversation(tx);
      if (self !== undefined) await sending.enqueue(tx, self.id, "control", { kind: "control", name, body });
    },
  };
}
