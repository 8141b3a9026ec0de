/** A message that this person erases is erased on all of their devices. */
import { encodeErased, MAX_ERASED, parseErased, type ErasedMessage } from "@pli/protocol/devices";
import { toHex } from "@pli/protocol/crypto";
import { idBytes } from "../../epochs/conversations.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { createTxEvent, type TxEvent } from "../../runtime/tx-event.ts";
import { eraseMessage, markOf, rememberMark } from "./erasing.ts";
import type { Messages } from "./messages.ts";
import { findWritten, type MessagePlace } from "./messages.table.ts";
import type { Sending } from "./sending.ts";

export interface ErasedElsewhere {
  /** The other devices have yet to hear of it: controls `erased`. */
  readonly erasedHere: TxEvent<Uint8Array>;
  /** Erases these, which others have, here and on the other devices. */
  erase(tx: Tx, messages: readonly MessagePlace[]): Promise<void>;
  /** Another device has erased these. What has not come yet does not come. */
  take(tx: Tx, body: Uint8Array): Promise<void>;
}

export function createErasedElsewhere(
  context: Context,
  { messages, sending }: { messages: Messages; sending: Pick<Sending, "takeBack"> },
): ErasedElsewhere {
  const erasedHere: ErasedElsewhere["erasedHere"] = createTxEvent();

  async function erase(tx: Tx, places: readonly MessagePlace[]): Promise<void> {
    const gone: ErasedMessage[] = [];
    for (const place of places) {
      const written = await findWritten(tx, place.order);
      if (written !== undefined)
        gone.push({
          id: idBytes(place.id),
          author: idBytes(written.sender),
          mark: markOf(context, written.content),
        });
      await eraseMessage(context, tx, place);
    }
    for (let at = 0; at < gone.length; at += MAX_ERASED)
      await erasedHere.emit(tx, encodeErased({ messages: gone.slice(at, at + MAX_ERASED) }));
  }

  async function take(tx: Tx, body: Uint8Array): Promise<void> {
    for (const { id, author, mark } of parseErased(body)?.messages ?? []) {
      const view = await messages.find(tx, toHex(id));
      if (view !== undefined) {
        await sending.takeBack(tx, view.id);
        await eraseMessage(context, tx, view);
      }
      await rememberMark(context, tx, toHex(author), mark);
    }
  }

  return { erasedHere, erase, take };
}
