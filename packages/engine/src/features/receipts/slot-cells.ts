/** The one cell that a device writes at a slot: a receipt that waits, or else a decoy. */
import { labelFrom, sealCell } from "@pli/protocol/object";
import { FEED } from "../../delivery/port.ts";
import type { SendQueue } from "../../delivery/queue/send-queue.ts";
import { isWaitingFor } from "../../delivery/queue/send-queue.table.ts";
import type { Scheduler } from "../../epochs/scheduler.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import type { Sending } from "../messages/sending.ts";
import { isReceiptLeaving } from "../status/leaving.views.table.ts";
import type { Receipts } from "./receipts.ts";

const NOTHING = new Uint8Array(0);
/** The streams of the send queue in which decoys leave. */
export const DECOYS = "decoys";

export interface SlotCells {
  /**
   * Writes the cell of this device's slot at a store; none while that of an earlier slot still
   * leaves. `decoys`: whether a decoy leaves when no receipt waits.
   */
  write(tx: Tx, store: string, decoys: boolean): Promise<void>;
}

export function createSlotCells(
  { crypto }: Pick<Context, "crypto">,
  deps: { receipts: Receipts; sending: Sending; scheduler: Scheduler; queue: SendQueue },
): SlotCells {
  /**
   * Conversations that a receipt left in since the start, the latest last: they come after all
   * others.
   */
  const served = new Set<string>();

  async function write(tx: Tx, store: string, decoys: boolean): Promise<void> {
    if (await isStillLeaving(tx, store)) return;
    if (!(await sendReceipt(tx, store)) && decoys) await sendDecoy(tx, store);
  }

  /**
   * A store that refuses the cell of one slot is given no other: how many wait would tell which is
   * no decoy.
   */
  async function isStillLeaving(tx: Tx, store: string): Promise<boolean> {
    return (await isReceiptLeaving(tx, store)) || (await isWaitingFor(tx, store, DECOYS));
  }

  /**
   * Contacts take turns: who writes a thousand texts does not keep the receipts of the others back.
   */
  async function sendReceipt(tx: Tx, store: string): Promise<boolean> {
    const turns = [...served];
    const waiting = await deps.receipts.waiting(tx, store);
    for (const conversation of waiting.toSorted((one, other) => turns.indexOf(one) - turns.indexOf(other))) {
      if (!(await deps.scheduler.mayAcknowledge(tx, conversation))) continue;
      const taken = await deps.receipts.take(tx, conversation);
      if (taken === undefined) continue;
      await deps.sending.enqueue(tx, conversation, "receipt", { kind: "receipt", ...taken });
      served.delete(conversation);
      served.add(conversation);
      return true;
    }
    return false;
  }

  /** Nobody has its key, or expects its label. */
  async function sendDecoy(tx: Tx, store: string): Promise<void> {
    const key = crypto.random(32);
    const put = {
      kind: "cell",
      label: labelFrom(FEED, crypto.random(32)),
      cell: sealCell(crypto, key, "decoy", NOTHING),
    } as const;
    crypto.wipe(key);
    await deps.queue.add(tx, { stream: `${DECOYS} ${store}`, store, reference: "", puts: [put] });
  }

  return { write };
}
