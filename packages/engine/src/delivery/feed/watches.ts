import { objectReader } from "@pli/protocol/object";
import type { Context, Tx } from "../../runtime/context.ts";
import type { Expectation } from "./expectations.ts";
import { FEED, type Delivery, type ObjectAnswer } from "../port.ts";
import { deleteWatches, findWatch, insertWatch, listWatches, saveStage, type Watch } from "./watches.table.ts";

/** Whose objects they are, by the first word of `owner`, and what is done with them. */
interface Taker {
  take(owner: string, name: string, answer: ObjectAnswer): Promise<void>;
  /** Names expected without a row: the watch is made when its first chunk is in the feed. */
  resolve?(tx: Tx, owner: string, name: string): Promise<Watch | undefined>;
}

/**
 * Objects awaited from others, kept until they come or nobody wants them. The first chunk is
 * recognised in the feed; the others, written before it, are then at hand.
 */
export interface Watches {
  /**
   * `look`: it may have been written before this device began to read the feed, so the store is
   * asked once.
   */
  add(tx: Tx, watch: Watch, look?: "look"): Promise<void>;
  /**
   * Expects the objects of an owner without keeping a row for each; replaces what was expected of
   * it.
   */
  expectAll(owner: string, watches: readonly Watch[]): void;
  remove(tx: Tx, owner: string, name?: string): Promise<void>;
  /**
   * It is done with this object, in the transaction that does it: it is not handed over again after
   * a stop.
   */
  done(tx: Tx, owner: string, name: string): Promise<void>;
  /**
   * The first chunk is in the feed: fetches the rest, hands it over, and lets the feed continue
   * after that.
   */
  arrived(tx: Tx, expectation: Expectation & { kind: "object" }): Promise<void>;
  /** What arrived before a stop and was not handed over. */
  resume(tx: Tx): Promise<void>;
  onObject(kind: string, taker: Taker): void;
}

export function createWatches(context: Context, delivery: (store: string) => Delivery): Watches {
  const { clock, crypto, expectations } = context;
  const takers = new Map<string, Taker>();

  context.onReload(async (tx) => {
    for (const watch of await listWatches(tx, "awaited")) expect(watch);
  });

  async function add(tx: Tx, watch: Watch, look?: "look"): Promise<void> {
    await insertWatch(tx, watch, "awaited", clock.now());
    expect(watch);
    if (look !== undefined) tx.after(() => void take(watch.owner, watch.name, "absentToo").catch(() => undefined));
  }

  function expect(watch: Watch): void {
    expectations.set(`object ${watch.owner}`, watch.name, [labelled(watch)]);
  }

  function labelled({ owner, name, seed, maxBytes }: Watch): Parameters<typeof expectations.set>[2][number] {
    const { label } = objectReader(crypto, seed, FEED, maxBytes).first;
    return { label, expectation: { kind: "object", owner, name } };
  }

  async function remove(tx: Tx, owner: string, name?: string): Promise<void> {
    await deleteWatches(tx, owner, name);
    expectations.drop(`object ${owner}`, name);
  }

  async function arrived(tx: Tx, { owner, name }: Expectation & { kind: "object" }): Promise<void> {
    const known = await findWatch(tx, owner, name);
    const watch = known?.watch ?? (await takerOf(owner)?.resolve?.(tx, owner, name));
    if (watch === undefined || (known !== undefined && known.stage !== "awaited")) return;
    await insertWatch(tx, watch, "arrived", clock.now());
    await saveStage(tx, owner, name, "arrived");
    tx.before(watch.store, () => take(owner, name, "absentIsBroken"));
  }

  async function take(owner: string, name: string, absent: "absentToo" | "absentIsBroken"): Promise<void> {
    const known = await context.transact((tx) => findWatch(tx, owner, name));
    if (known === undefined) return;
    const answer = await delivery(known.watch.store).get.object(known.watch);
    const final = answer.type === "absent" && absent === "absentIsBroken" ? ({ type: "broken" } as const) : answer;
    await takerOf(owner)?.take(owner, name, final);
    if (absent === "absentIsBroken") await context.transact((tx) => saveStage(tx, owner, name, "taken"));
  }

  async function resume(tx: Tx): Promise<void> {
    for (const { owner, name, store } of await listWatches(tx, "arrived"))
      tx.before(store, () => take(owner, name, "absentIsBroken"));
  }

  const takerOf = (owner: string): Taker | undefined => takers.get(owner.slice(0, owner.indexOf(" ")));

  return {
    add,
    expectAll: (owner, watches) => expectations.set(`object ${owner}`, "", watches.map(labelled)),
    remove,
    done: (tx, owner, name) => saveStage(tx, owner, name, "taken"),
    arrived,
    resume,
    onObject: (kind, taker) => void takers.set(kind, taker),
  };
}
