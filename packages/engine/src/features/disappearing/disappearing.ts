import type { Context, Tx } from "../../runtime/context.ts";
import { numberIn, textIn } from "../../runtime/storage/row.ts";
import { eraseMessage } from "../messages/erasing.ts";

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
    // No end is further away than the whole of its time: a clock that was put back since would keep
    // it for as long as it was ahead.
    await tx.sql.run("UPDATE messages SET expires_at = ?1 + lifetime * 1000 WHERE expires_at > ?1 + lifetime * 1000", [
      now,
    ]);
    const over = await tx.sql.all("SELECT ord, id, conversation FROM messages WHERE expires_at <= ?", [now]);
    for (const row of over) {
      await eraseMessage(context, tx, {
        id: textIn(row, "id"),
        order: numberIn(row, "ord"),
        conversation: textIn(row, "conversation"),
      });
    }
    const [next] = await tx.sql.all("SELECT min(expires_at) AS due FROM messages WHERE expires_at IS NOT NULL");
    if (typeof next?.["due"] === "number") note(tx, next["due"]);
  }

  function note(tx: Tx, due: number): void {
    tx.after(() => wakeAt(due));
  }

  return { note, sweep };
}
