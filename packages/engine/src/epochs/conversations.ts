/** What names a conversation: its id as bytes, and the stream of the send queue that is its own. */
import { fromHex } from "@pli/protocol/crypto";
import { damaged } from "../runtime/storage/row.ts";

export function idBytes(id: string): Uint8Array {
  return fromHex(id) ?? damaged("identifier");
}

/** The streams of the send queue in which the cells of conversations leave, in order. */
export const CONVERSATION_STREAM = "conversation";
export const streamOf = (conversation: string): string => `${CONVERSATION_STREAM} ${conversation}`;
