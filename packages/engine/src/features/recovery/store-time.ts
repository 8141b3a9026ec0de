/**
 * The home store's clock, and how long it keeps what it has. This device's clock may be years off.
 */
import type { Kit } from "../../kit.ts";

/** What stores keep that have not said how long. */
const RETENTION_DAYS = 31;

export interface StoreTime {
  /** In ms. Undefined while it is not known. */
  now(): number | undefined;
  /**
   * `least`: what counts until the store has said it, if another number of days is the safe one.
   */
  retentionDays(least?: number): number;
}

export function createStoreTime({ context, stores }: Pick<Kit, "context" | "stores">): StoreTime {
  return {
    now: () => {
      const off = stores.session(stores.home).clockOff();
      return off === undefined ? undefined : context.clock.now() - off * 1000;
    },
    retentionDays: (least = RETENTION_DAYS) => stores.session(stores.home).retentionDays() ?? least,
  };
}
