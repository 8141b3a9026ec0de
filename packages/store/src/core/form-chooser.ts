import { ENTRY_BYTES, type Form } from "@pli/protocol/wire";
import type { Storage } from "../storage/storage.ts";

/**
 * Chooses the form of each feed: full while its cells of yesterday, and its cells of today so far,
 * fit `budgetBytes`; tags otherwise, until the midnight after a day that fits. Nothing but the
 * feed's own traffic decides.
 */
export const createFormChooser = (options: {
  readonly storage: Storage;
  readonly day: () => number;
  readonly budgetBytes: number;
}): ((feed: number) => Form) => {
  const { storage, day, budgetBytes } = options;
  const known = new Map<number, { day: number; yesterday: number; start: number }>();
  const look = (feed: number, today: number): { day: number; yesterday: number; start: number } => {
    const start = storage.range(feed).next - storage.cellsOn(feed, today);
    const traffic = { day: today, yesterday: storage.cellsOn(feed, today - 1), start };
    known.set(feed, traffic);
    return traffic;
  };
  return (feed) => {
    const today = day();
    const last = known.get(feed);
    const { yesterday, start } = last?.day === today ? last : look(feed, today);
    const cells = Math.max(yesterday, storage.range(feed).next - start);
    return cells * ENTRY_BYTES.full <= budgetBytes ? "full" : "tags";
  };
};
