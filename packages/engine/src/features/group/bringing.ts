/**
 * Bringing the devices of others back: each at once, then after longer and longer pauses. One that
 * comes back again and again must not keep the group at work.
 */
import type { HeldEpoch } from "../../epochs/epochs.ts";
import { fractionFrom } from "../../runtime/chance.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import type { Changes } from "./changes.ts";
import { listPendingOperations, replaceOperation, type PendingOperation } from "./pending-operations.table.ts";

/**
 * A device that was brought back is brought back again after this long, then twice as long, up to
 * an hour.
 */
const BRING_AGAIN_MS = 30_000;
const BRING_AGAIN_MOST_MS = 3_600_000;
/** Those who do not lead the group wait up to so long: one of all who were asked is enough. */
const OTHERS_WAIT_MS = 1_500;

export type Replace = PendingOperation & { readonly kind: "replace" };

export interface Bringing {
  /** Queues the replacement of a leaf. The newest operation of a device counts. */
  later(tx: Tx, held: HeldEpoch, operation: Replace): Promise<void>;
  /** Our own commit has done this. */
  recordOwnChange(conversation: string, operations: readonly PendingOperation[]): void;
}

export function createBringing({ clock, crypto }: Context, { changes }: { changes: Changes }): Bringing {
  /**
   * When the devices of others were brought back last, and how often, by group, profile and device.
   */
  const broughtBack = new Map<string, { at: number; times: number }>();

  async function later(tx: Tx, { conversation: id }: HeldEpoch, operation: Replace): Promise<void> {
    const waiting = (await listPendingOperations(tx, id)).find(
      (other) =>
        other.operation.kind === "replace" &&
        other.operation.profile === operation.profile &&
        other.operation.device === operation.device,
    );
    if (waiting !== undefined) return replaceOperation(tx, waiting.id, operation);
    const before = broughtBack.get(seatOf(id, operation)) ?? { at: Number.NEGATIVE_INFINITY, times: 0 };
    const pause = Math.min(BRING_AGAIN_MS * 2 ** Math.max(0, before.times - 1), BRING_AGAIN_MOST_MS);
    const rest = Math.max(0, before.at + pause - clock.steady());
    const wait = rest + Math.floor(fractionFrom(crypto.random(2)) * OTHERS_WAIT_MS);
    await changes.want(tx, id, operation, clock.now() + wait);
  }

  /** What another was faster at counts for nothing: this device helps as soon as it is its turn. */
  function recordOwnChange(conversation: string, operations: readonly PendingOperation[]): void {
    for (const operation of operations) {
      if (operation.kind !== "replace") continue;
      const seat = seatOf(conversation, operation);
      const before = broughtBack.get(seat);
      // After a long calm the pauses begin at the shortest again.
      const isRecent = before !== undefined && clock.steady() - before.at <= BRING_AGAIN_MOST_MS;
      broughtBack.set(seat, { at: clock.steady(), times: isRecent ? before.times + 1 : 1 });
    }
  }

  return { later, recordOwnChange };
}

const seatOf = (conversation: string, { profile, device }: Replace): string => `${conversation} ${profile} ${device}`;
