import type { Stores } from "../delivery/stores.ts";
import type { Messages } from "../features/messages/messages.ts";
import type { Tx } from "../runtime/context.ts";
import { createTxEvent, type TxEvent } from "../runtime/tx-event.ts";
import type { Commits } from "./commits.ts";
import { findConversation, listConversationsAt, type Conversation } from "./conversations.table.ts";
import type { OwnLabels } from "./own-labels.ts";

/**
 * What keeps a conversation from continuing, in one place for all who find it; features repair it.
 */
export interface Losses {
  /**
   * Cells of a conversation were missed that are gone; `replaced`: the store lost its data, for
   * everybody alike.
   */
  readonly cells: TxEvent<{ readonly conversation: Lost; readonly why: "expired" | "replaced" }>;
  /** The state we hold is older than what this device has written. */
  readonly stale: TxEvent<Lost>;
}

export type Lost = Pick<Conversation, "id" | "kind">;

export function createLosses(deps: {
  stores: Stores;
  commits: Commits;
  ownLabels: OwnLabels;
  messages: Messages;
}): Losses {
  const { stores, messages } = deps;
  const cells: Losses["cells"] = createTxEvent();
  const stale: Losses["stale"] = createTxEvent();

  deps.commits.events.stale.on(noteStale);
  deps.ownLabels.stale.on(noteStale);
  stores.missed.on(async (tx, { store, why }) => {
    const retentionDays = stores.session(store).retentionDays();
    for (const { id, isIn } of await listConversationsAt(tx, store)) {
      if (why === "expired" && isIn && retentionDays !== undefined) await messages.noteAway(tx, id, retentionDays);
      const conversation = await findConversation(tx, id);
      if (conversation !== undefined) await cells.emit(tx, { conversation, why });
    }
  });

  async function noteStale(tx: Tx, id: string): Promise<void> {
    const conversation = await findConversation(tx, id);
    if (conversation !== undefined) await stale.emit(tx, conversation);
  }

  return { cells, stale };
}
