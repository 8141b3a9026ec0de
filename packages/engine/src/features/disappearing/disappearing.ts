import type { Context, Tx } from "../../runtime/context.ts";
import { eraseMessage } from "../messages/erasing.ts";
import { boundEnds, findNextEnd, listOver } from "../messages/messages.table.ts";

/**
 * No timer runs longer than this: a clock that is moved, or a computer that sleeps, delays nothing
 * by more.
 */
const LOOK_AGAIN_MS = 3_600_000;
const DOUBTED_AGAIN_MS = 10_000;

/**
 * Messages with an end: erased from this device when their time is over, also when it was over
 * while nothing ran. Nothing is erased while this device's clock is known to be wrong: what it took
 * for the end may be weeks away.
 */
export interface Disappearing {
  /** A message was kept that ends at `due`. */
  note(tx: Tx, due: number): void;
  /** Erases what is over, and sets the timer for what is not. */
  sweep(tx: Tx): Promise<void>;
}

export function createDisappearing(context: Context, deps: { isClockDoubted(): boolean }): Disappearing {
  const { clock } = context;
  let cancel = (): void => {};
  let dueAt = Number.POSITIVE_INFINITY;

  function wakeAt(due: number): void {
    if (due >= dueAt) return;
    cancel();
    dueAt = due;
    cancel = clock.after(Math.min(Math.max(0, due - clock.now()), LOOK_AGAIN_MS), () => {
      dueAt = Number.POSITIVE_INFINITY;
      void context.transact(sweep).catch(() => wakeAt(clock.now() + LOOK_AGAIN_MS));
    });
  }

  async function sweep(tx: Tx): Promise<void> {
    if (deps.isClockDoubted()) return note(tx, clock.now() + DOUBTED_AGAIN_MS);
    const now = clock.now();
    await boundEnds(tx, now);
    for (const message of await listOver(tx, now)) await eraseMessage(context, tx, message);
    const next = await findNextEnd(tx);
    if (next !== undefined) note(tx, next);
  }

  function note(tx: Tx, due: number): void {
    tx.after(() => wakeAt(due));
  }

  return { note, sweep };
}
