import { encodeGroupControl, type GroupControl } from "@pli/protocol/group";
import { fromHex } from "@pli/protocol/crypto";
import type { Tx } from "../../runtime/context.ts";
import { findSelfConversation, getConversation, type Conversation } from "../../epochs/conversations.table.ts";
import type { Sending } from "../messages/sending.ts";
import { damaged } from "../../runtime/storage/row.ts";

export const SEED_BYTES = 32;

/** What the parts of groups say to other devices, in a group or between two. */
export interface Talk {
  conversation(tx: Tx, id: string): Promise<Conversation>;
  send(tx: Tx, conversation: string, control: GroupControl): Promise<void>;
  /** Says it to the other devices of this person. */
  tellOwnDevices(tx: Tx, control: GroupControl): Promise<void>;
  /** What we keep in hexadecimal, as the protocol has it. */
  bytes(hex: string): Uint8Array;
}

export function createTalk(sending: Sending): Talk {
  const send: Talk["send"] = (tx, conversation, control) =>
    sending.enqueue(tx, conversation, "control", encodeGroupControl(control));
  return {
    conversation: getConversation,
    send,
    tellOwnDevices: async (tx, control) => {
      const self = await findSelfConversation(tx);
      if (self !== undefined) await send(tx, self.id, control);
    },
    bytes: (hex) => fromHex(hex) ?? damaged("hexadecimal"),
  };
}
