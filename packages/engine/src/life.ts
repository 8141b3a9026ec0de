import type { Kit } from "./kit.ts";
import type { Tx } from "./runtime/context.ts";
import type { Feature } from "./runtime/feature.ts";

/** How often what depends on the day is looked at. */
const HOUR_MS = 3_600_000;

/** How an engine starts, what it does from hour to hour, and how it ends. */
export interface Life {
  /** Takes up what a stop interrupted, and calls the stores. */
  start(): Promise<void>;
  /** Nothing happens by itself any more. */
  stop(): Promise<void>;
}

export function createLife(kit: Kit, features: readonly Feature[]): Life {
  const { commits, context, disappearing, epochs, profiles, receiving, stores, traffic, watches } = kit;
  const { clock } = context;

  stores.onReady((address) => {
    if (address === stores.home) context.later(0, settleTime);
  });

  async function start(): Promise<void> {
    await context.transact(async (tx) => {
      await watches.resume(tx);
      await commits.resume(tx);
      await receiving.resume(tx);
      for (const feature of features) await feature.resume?.(tx);
      await stores.open(tx);
    });
    clock.after(0, hourly);
  }

  function hourly(): void {
    clock.after(HOUR_MS, hourly);
    void context
      .transact(async (tx) => {
        await settleTime(tx);
        for (const feature of features) await feature.tick?.(tx);
        await context.budgets.tick(tx);
      })
      .catch(() => undefined);
  }

  /**
   * What has had its time is erased, and what was made at a wrong one mended: not while this clock
   * may be the one that is wrong.
   */
  async function settleTime(tx: Tx): Promise<void> {
    await disappearing.sweep(tx);
    if (stores.isClockDoubted()) return;
    await profiles.mend(tx);
    await epochs.eraseOld(tx);
    for (const feature of features) await feature.expire?.(tx);
  }

  async function stop(): Promise<void> {
    clock.close();
    await stores.close();
    await traffic.flush().catch(() => undefined);
  }

  return { start, stop };
}
