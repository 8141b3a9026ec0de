import type { ContentHandlers } from "../../epochs/contents.ts";
import type { Kit } from "../../kit.ts";
import type { Tx } from "../../runtime/context.ts";
import type { Feature } from "../../runtime/feature.ts";
import { createTxEvent, type TxEvent } from "../../runtime/tx-event.ts";
import { createMessageCommands, type HeldWanted } from "./commands.ts";
import { forgetErased } from "./erasing.ts";
import { createMessageQueries } from "./queries.ts";

/** Messages of this device: how far they have come, and when they are given up or forgotten. */
export interface MessagesFeature extends Feature {
  readonly commands: ReturnType<typeof createMessageCommands>;
  readonly queries: ReturnType<typeof createMessageQueries>;
  readonly contents: Pick<ContentHandlers, "text" | "unknown">;
  readonly heldWanted: TxEvent<HeldWanted>;
  /** What was begun in this conversation is other than it was. */
  readonly draftChanged: TxEvent<string>;
}

export function createMessagesFeature(kit: Kit): MessagesFeature {
  const { context, contents, messages, scheduler, sending, stores } = kit;
  const heldWanted: MessagesFeature["heldWanted"] = createTxEvent();
  const draftChanged: MessagesFeature["draftChanged"] = createTxEvent();

  scheduler.on("text", {
    sealed: async (tx, { conversation, reference, epoch }) => {
      await messages.noteLeft(tx, reference);
      if (epoch !== undefined) await messages.saidIn(tx, conversation, reference, epoch);
    },
    stored: async (tx, { reference }) => {
      const view = await messages.find(tx, reference);
      if (view === undefined) return;
      await messages.noteLeft(tx, view.id);
      await messages.advance(tx, view.conversation, [view.id], "sent");
    },
    refused: (tx, { reference }, code) => messages.fail(tx, reference, code),
  });
  stores.onReady(() => context.later(0, giveUp));

  /**
   * Receipts that have come are read, and the clock is right: then what the store has dropped,
   * nobody got.
   */
  async function giveUp(tx: Tx): Promise<void> {
    for (const session of stores.sessions()) {
      const retentionDays = session.retentionDays();
      if (retentionDays === undefined || !session.isReady() || stores.doubtsClock(session)) continue;
      await sending.giveUp(tx, session.store, retentionDays);
    }
  }

  return {
    commands: createMessageCommands(kit, { heldWanted, draftChanged }),
    queries: createMessageQueries(kit),
    contents: {
      text: (tx, arrived, { text }) => contents.keep(tx, arrived, { kind: "text", text }),
      unknown: (tx, arrived) => contents.keep(tx, arrived, { kind: "unknown" }),
    },
    heldWanted,
    draftChanged,
    tick: async (tx) => {
      await scheduler.renew(tx);
      await giveUp(tx);
    },
    expire: (tx) => forgetErased(context, tx),
  };
}
