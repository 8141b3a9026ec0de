import { toHex } from "@pli/protocol/crypto";
import type { Kit } from "../../kit.ts";
import type { Feature } from "../../runtime/feature.ts";
import { createSlotCells } from "./slot-cells.ts";
import { createSlots, type Slots } from "./slots.ts";

/** Who has what, told to the author between the two, in messages or at slots. */
export function createReceiptsFeature(kit: Kit): Feature & { readonly slots: Slots } {
  const { context, contents, messages, onMessage, receipts, stores } = kit;
  const slots = createSlots(context, { ...kit, cells: createSlotCells(context, kit) });

  stores.onReady(slots.keep);
  contents.events.received.on(async (tx, message) => {
    await receipts.note(tx, message.from, [message.id], "delivered");
    tx.after(() => onMessage(message));
  });
  contents.events.receivedAgain.on((tx, { said, message }) => receipts.note(tx, said.sender, [message], "delivered"));
  contents.events.acknowledged.on(async (tx, { said: { conversation, sender }, what }) => {
    if (conversation.kind !== "direct") return;
    await messages.acknowledge(tx, sender, what.delivered.map(toHex), "delivered");
    await messages.acknowledge(tx, sender, what.read.map(toHex), "read");
  });
  contents.events.acknowledgedElsewhere.on((tx, { said, what }) =>
    receipts.saidElsewhere(tx, said.conversation.id, what),
  );

  return { slots, resume: slots.resume };
}
