import { objectReader } from "@pli/protocol/object";
import type { Context, Tx } from "../../runtime/context.ts";
import type { SqlRow } from "../../runtime/ports.ts";
import { bytesIn, numberIn, textIn } from "../../runtime/storage/row.ts";
import type { Expectation } from "./expectations.ts";
import { FEED, type Delivery, type ObjectAnswer, type ObjectPlace } from "../port.ts";

/** An object somebody is to write: who waits for it, under which name, where. */
export interface Watch extends ObjectPlace {
  readonly owner: string;
  readonly name: string;
  readonly store: string;
}

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
   * The first chunk is in the feed: fetches the rest, hands it over, and lets the feed go on after
   * that.
   */
  arrived(tx: Tx, expectation: Expectation & { kind: "object" }): Promise<void>;
  /** What arrived before a stop and was not handed over. */
  resume(tx: Tx): Promise<void>;
  onObject(kind: string, taker: Taker): void;
}

/** A row's `stage`. What is `taken` stays as long as the same object could be shown again. */
const [AWAITED, ARRIVED, TAKEN] = [0, 1, 2];

export function createWatches(context: Context, delivery: (store: string) => Delivery): Watches {
  const { crypto, expectations } = context;
  const takers = new Map<string, Taker>();

  context.onReload(async (tx) => {
    for (const row of await tx.sql.all("SELECT * FROM watches WHERE stage = ?", [AWAITED])) expect(watchFromRow(row));
  });

  async function add(tx: Tx, watch: Watch, look?: "look"): Promise<void> {
    await insert(tx, watch, AWAITED);
    expect(watch);
    if (look !== undefined) tx.after(() => void take(watch.owner, watch.name, "absentToo").catch(() => undefined));
  }

  async function insert(tx: Tx, { owner, name, store, seed, maxBytes }: Watch, stage: number): Promise<void> {
    await tx.sql.run("INSERT OR IGNORE INTO watches VALUES (?, ?, ?, ?, ?, ?, ?)", [
      owner,
      name,
      store,
      seed,
      maxBytes,
      stage,
      context.clock.now(),
    ]);
  }

  function expect(watch: Watch): void {
    expectations.set(`object ${watch.owner}`, watch.name, [labelled(watch)]);
  }

  function labelled({ owner, name, seed, maxBytes }: Watch): Parameters<typeof expectations.set>[2][number] {
    const { label } = objectReader(crypto, seed, FEED, maxBytes).first;
    return { label, expectation: { kind: "object", owner, name } };
  }

  async function remove(tx: Tx, owner: string, name?: string): Promise<void> {
    if (name === undefined) await tx.sql.run("DELETE FROM watches WHERE owner = ?", [owner]);
    else await tx.sql.run("DELETE FROM watches WHERE owner = ? AND name = ?", [owner, name]);
    expectations.drop(`object ${owner}`, name);
  }

  async function arrived(tx: Tx, { owner, name }: Expectation & { kind: "object" }): Promise<void> {
    const known = await find(tx, owner, name);
    const watch = known?.watch ?? (await takerOf(owner)?.resolve?.(tx, owner, name));
    if (watch === undefined || (known !== undefined && known.stage !== AWAITED)) return;
    await insert(tx, watch, ARRIVED);
    await setStage(tx, owner, name, ARRIVED);
    tx.before(watch.store, () => take(owner, name, "absentIsBroken"));
  }

  async function setStage(tx: Tx, owner: string, name: string, stage: number): Promise<void> {
    await tx.sql.run("UPDATE watches SET stage = ? WHERE owner = ? AND name = ?", [stage, owner, name]);
  }

  async function take(owner: string, name: string, absent: "absentToo" | "absentIsBroken"): Promise<void> {
    const known = await context.transact((tx) => find(tx, owner, name));
    if (known === undefined) return;
    const answer = await delivery(known.watch.store).get.object(known.watch);
    const final = answer.type === "absent" && absent === "absentIsBroken" ? ({ type: "broken" } as const) : answer;
    await takerOf(owner)?.take(owner, name, final);
    if (absent === "absentIsBroken") await context.transact((tx) => setStage(tx, owner, name, TAKEN));
  }

  async function resume(tx: Tx): Promise<void> {
    for (const row of await tx.sql.all("SELECT * FROM watches WHERE stage = ?", [ARRIVED])) {
      const { owner, name, store } = watchFromRow(row);
      tx.before(store, () => take(owner, name, "absentIsBroken"));
    }
  }

  const takerOf = (owner: string): Taker | undefined => takers.get(owner.slice(0, owner.indexOf(" ")));

  return {
    add,
    expectAll: (owner, watches) => expectations.set(`object ${owner}`, "", watches.map(labelled)),
    remove,
    done: (tx, owner, name) => setStage(tx, owner, name, TAKEN),
    arrived,
    resume,
    onObject: (kind, taker) => void takers.set(kind, taker),
  };
}

async function find(tx: Tx, owner: string, name: string): Promise<{ watch: Watch; stage: number } | undefined> {
  const [row] = await tx.sql.all("SELECT * FROM watches WHERE owner = ? AND name = ?", [owner, name]);
  return row === undefined ? undefined : { watch: watchFromRow(row), stage: numberIn(row, "stage") };
}

function watchFromRow(row: SqlRow): Watch {
  return {
    owner: textIn(row, "owner"),
    name: textIn(row, "name"),
    store: textIn(row, "store"),
    seed: bytesIn(row, "seed"),
    maxBytes: numberIn(row, "max_bytes"),
  };
}
