import type { Context, Tx } from "../../runtime/context.ts";
import { findConversation, setConversationState } from "../../epochs/conversations.table.ts";
import type { Epochs } from "../../epochs/epochs.ts";
import type { Messages } from "../messages/messages.ts";
import type { Profiles } from "../../people/profile.ts";
import { deleteMeta, findMeta, listMeta, saveMeta } from "../../runtime/storage/meta.ts";
import type { History } from "./history.ts";
import { deletePendingOperationsOf } from "./pending-operations.table.ts";
import { named } from "./people.table.ts";
import { listUnsent, saveUnsent } from "../messages/messages.table.ts";
import { clearConversation } from "../../epochs/pending-contents.table.ts";

/**
 * So long the last epoch is kept after a removal: if those who stay cannot follow the commit, it
 * did not count.
 */
const KEPT_MS = 3_600_000;

/**
 * Being put out of a group. The commit looks right to whom it removes even when nobody who stays
 * can open it. So others are asked first (rejoin.ts), and the epoch before it is kept for an hour:
 * a commit at the next attempt, which this device can open, shows that the others passed over the
 * removal (docs/protocol.md, section 8.4).
 */
export interface Removals {
  onRemoved(tx: Tx, p: { id: string; by: string; isLeaving: boolean }): Promise<void>;
  /** The epoch leads on, with this device in it: if it was put out, that did not count. */
  undone(tx: Tx, conversation: string): Promise<void>;
  /** What is kept of removals that stand is erased. */
  tick(tx: Tx): Promise<void>;
}

export function createRemovals(
  context: Context,
  deps: { epochs: Epochs; messages: Messages; profiles: Profiles; history: History },
): Removals {
  const { clock } = context;

  async function onRemoved(tx: Tx, { id, by, isLeaving }: Parameters<Removals["onRemoved"]>[1]): Promise<void> {
    const self = await deps.profiles.get(tx);
    const who = await named(tx, [self.id]);
    await setConversationState(tx, id, "left");
    await deletePendingOperationsOf(tx, id);
    await clearConversation(tx, id);
    const unsent = await listUnsent(tx, id);
    await deps.messages.failAll(tx, id, "not_in_group");
    if (isLeaving) return deps.history.note(tx, id, self.id, { what: "left", who });
    const kept: Removal = { by, at: clock.now(), unsent };
    await saveMeta(tx, keyOf(id), kept);
    await deps.history.note(tx, id, by, { what: "removed", who });
  }

  async function undone(tx: Tx, id: string): Promise<void> {
    if ((await findConversation(tx, id))?.state !== "left") return;
    const { by, unsent } = (await findMeta<Removal>(tx, keyOf(id))) ?? { by: "", unsent: [] };
    await deleteMeta(tx, keyOf(id));
    await setConversationState(tx, id, "ready");
    for (const message of unsent) await saveUnsent(tx, message);
    await deps.history.note(tx, id, by, { what: "notRemoved" });
  }

  async function tick(tx: Tx): Promise<void> {
    for (const [id, { at }] of await listMeta<Removal>(tx, REMOVED)) {
      if (clock.since(at) < KEPT_MS) continue;
      if ((await findConversation(tx, id))?.state === "left") await deps.epochs.eraseAll(tx, id);
      await deleteMeta(tx, keyOf(id));
    }
  }

  return { onRemoved, undone, tick };
}

interface Removal {
  readonly by: string;
  readonly at: number;
  /** Messages that were still to leave. */
  readonly unsent: readonly string[];
}

const REMOVED = "removed";
const keyOf = (conversation: string): string => `${REMOVED} ${conversation}`;
