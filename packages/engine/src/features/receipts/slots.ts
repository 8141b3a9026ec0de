import { fractionFrom } from "../../runtime/chance.ts";
import type { Context, ReceiptSlots, Tx } from "../../runtime/context.ts";
import type { StoreFacts } from "../../delivery/port.ts";
import { listMeta, saveMeta } from "../../runtime/storage/meta.ts";
import type { Receipts } from "./receipts.ts";
import { FIRST_PACE, paceAfter, paceAtRun, paceFrom, runShare, type Pace } from "./pace.ts";
import type { SlotCells } from "./slot-cells.ts";

/** How long after its window the cells of a slot are counted. */
const SETTLE_MS = 5_000;

/**
 * Slots common to all who are on line (docs/protocol.md, section 9.1): at each one a client throws
 * a coin, and when it says so writes one cell at a random instant of the slot: a receipt that
 * waits, or else a decoy. A command's run is one more, so that who runs for a second at a time
 * acknowledges too. Whether and when it writes depends on the clock, on chance and on what the feed
 * showed to everybody; never on whether a receipt waits.
 */
export interface Slots {
  /**
   * The line to this store is up and all has been read: its slots are kept from now on, until the
   * line is down.
   */
  keep(store: string): void;
  /**
   * This process is about to end: its run is a slot, once, of each store that it has read to the
   * end.
   */
  runs(): void;
  resume(tx: Tx): Promise<void>;
}

/** What is known of the slots of one store. */
interface Keeper {
  readonly store: string;
  pace: Pace;
  /**
   * When it last took part, by this device's time of day: it is saved, and no clock of a store
   * makes it do so more often.
   */
  tookPartAt: number;
  /** The run of this process has counted as a slot. */
  hasRun: boolean;
  readonly timers: Set<() => void>;
}

/** What outlives the engine. */
type Saved = Pace & Pick<Keeper, "tookPartAt">;
const savedOf = ({ pace, tookPartAt }: Keeper): Saved => ({ ...pace, tookPartAt });

export function createSlots(
  context: Context,
  deps: {
    receipts: Receipts;
    cells: SlotCells;
    facts(store: string): StoreFacts;
  },
): Slots {
  const { clock, crypto } = context;
  const { cells } = deps;
  const keepers = new Map<string, Keeper>();
  const draw = (): number => fractionFrom(crypto.random(4));

  function keep(store: string): void {
    const keeper = keeperOf(store);
    for (const cancel of keeper.timers) cancel();
    keeper.timers.clear();
    const slots = context.options.receiptSlots;
    if (slots !== "never") awaitSlot(keeper, slots);
  }

  function runs(): void {
    const slots = context.options.receiptSlots;
    if (slots === "never") return;
    for (const keeper of keepers.values()) if (!keeper.hasRun && deps.facts(keeper.store).isReady()) run(keeper, slots);
  }

  function run(keeper: Keeper, slots: ReceiptSlots): void {
    keeper.hasRun = true;
    const here = { at: now(keeper), position: deps.facts(keeper.store).end() };
    const share = runShare(keeper.pace, here);
    keeper.pace = paceAtRun(keeper.pace, here);
    save(keeper);
    if (draw() < share) void takePart(keeper, slots).catch(() => undefined);
  }

  function keeperOf(store: string): Keeper {
    const known = keepers.get(store);
    if (known !== undefined) return known;
    const tookPartAt = Number.NEGATIVE_INFINITY;
    const keeper: Keeper = {
      store,
      pace: FIRST_PACE,
      tookPartAt,
      hasRun: false,
      timers: new Set<() => void>(),
    };
    keepers.set(store, keeper);
    return keeper;
  }

  function after(keeper: Keeper, ms: number, work: () => void): void {
    const cancel = clock.after(ms, () => {
      keeper.timers.delete(cancel);
      work();
    });
    keeper.timers.add(cancel);
  }

  const now = ({ store }: Keeper): number => clock.now() - deps.facts(store).skew() * 1000;

  function awaitSlot(keeper: Keeper, slots: ReceiptSlots): void {
    const at = now(keeper);
    const begins = (Math.floor(at / slots.every) + 1) * slots.every;
    after(keeper, begins - at, () => begin(keeper, slots, begins));
  }

  /**
   * The coin is thrown whatever waits. A device that slept through the slot waits for the next one.
   */
  function begin(keeper: Keeper, slots: ReceiptSlots, begins: number): void {
    const facts = deps.facts(keeper.store);
    if (!facts.isReady()) return;
    if (isPast(begins)) return awaitSlot(keeper, slots);
    const [before, instant] = [facts.end(), draw() * slots.window];
    const takesPart = draw() < keeper.pace.share;
    after(keeper, instant, () => {
      if (takesPart && !isPast(begins + instant)) void takePart(keeper, slots).catch(() => undefined);
    });
    after(keeper, slots.window + SETTLE_MS, () => {
      if (!isPast(begins + slots.window) && slots.decoys) learn(keeper, facts.end() - before);
      void goOn(keeper, slots).catch(() => awaitSlot(keeper, slots));
    });

    function isPast(due: number): boolean {
      return now(keeper) - due > slots.window;
    }
  }

  /** Without decoys nothing happens at a slot where nothing waits: no timer is set for it. */
  async function goOn(keeper: Keeper, slots: ReceiptSlots): Promise<void> {
    const isNeeded =
      slots.decoys || (await context.transact((tx) => deps.receipts.waiting(tx, keeper.store))).length > 0;
    if (isNeeded && !clock.closed && keeper.timers.size === 0) awaitSlot(keeper, slots);
  }

  function learn(keeper: Keeper, cells: number): void {
    const position = deps.facts(keeper.store).end();
    keeper.pace = paceAfter(keeper.pace, cells, { at: now(keeper), position });
    save(keeper);
  }

  const save = (keeper: Keeper): void =>
    context.later(0, (tx) => saveMeta(tx, `pace ${keeper.store}`, savedOf(keeper)));

  async function takePart(keeper: Keeper, slots: ReceiptSlots): Promise<void> {
    if (clock.since(keeper.tookPartAt) < slots.every / 2) return;
    keeper.tookPartAt = clock.now();
    await context.transact(async (tx) => {
      await saveMeta(tx, `pace ${keeper.store}`, savedOf(keeper));
      if (deps.facts(keeper.store).isReady()) await cells.write(tx, keeper.store, slots.decoys);
    });
  }

  /** A receipt waits that did not before. */
  function noted(): void {
    const slots = context.options.receiptSlots;
    if (slots === "never" || slots.decoys) return;
    for (const keeper of keepers.values()) {
      if (keeper.timers.size === 0 && deps.facts(keeper.store).isReady()) awaitSlot(keeper, slots);
    }
  }

  async function resume(tx: Tx): Promise<void> {
    for (const [store, saved] of await listMeta<Partial<Saved>>(tx, "pace")) {
      const keeper = keeperOf(store);
      keeper.pace = paceFrom(saved);
      if (typeof saved.tookPartAt === "number") keeper.tookPartAt = saved.tookPartAt;
    }
  }

  deps.receipts.onNoted(noted);

  return { keep, runs, resume };
}
