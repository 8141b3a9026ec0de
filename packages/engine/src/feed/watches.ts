import { objectReader } from "@pli/protocol/object";
import type { Context, Unit } from "../core/context.ts";
import type { SqlRow } from "../ports.ts";
import { bytesIn, numberIn, textIn } from "../storage/row.ts";
import type { Expectation } from "./expectations.ts";
import { FEED, type ObjectAnswer, type Session } from "./session.ts";

/** An object somebody is to write: who waits for it, under which name, where. */
export interface Watch {
  readonly owner: string;
  readonly name: string;
  readonly store: string;
  readonly seed: Uint8Array;
  readonly maxBytes: number;
}

/**
 * Objects awaited from others, kept until they come or nobody wants them. The first chunk is recognised in the feed; the
 * others, written before it, are then at hand.
 */
export interface Watches {
  /** `look`: it may have been written before this device began to read the feed, so the store is asked once. */
  add(unit: Unit, watch: Watch, look?: "look"): Promise<void>;
  remove(unit: Unit, owner: string, name?: string): Promise<void>;
  /** The first chunk is in the feed: fetches the rest, hands it over, and lets the feed go on after that. */
  arrived(unit: Unit, expectation: Expectation & { kind: "object" }): void;
  /** Who takes the objects of owners whose name starts with `kind` and a space. */
  onObject(kind: string, take: (owner: string, name: string, answer: ObjectAnswer) => Promise<void>): void;
}

export function createWatches(context: Context, session: (store: string) => Session): Watches {
  const { crypto, expectations } = context;
  const takers = new Map<string, (owner: string, name: string, answer: ObjectAnswer) => Promise<void>>();

  context.onReload(async (unit) => {
    for (const row of await unit.sql.all("SELECT * FROM watches")) expect(watchFromRow(row));
  });

  async function add(unit: Unit, watch: Watch, look?: "look"): Promise<void> {
    const { owner, name, store, seed, maxBytes } = watch;
    await unit.sql.run("INSERT OR IGNORE INTO watches VALUES (?, ?, ?, ?, ?)", [owner, name, store, seed, maxBytes]);
    expect(watch);
    if (look !== undefined) unit.after(() => void take(owner, name, "absentToo"));
  }

  function expect({ owner, name, seed, maxBytes }: Watch): void {
    const { label } = objectReader(crypto, seed, FEED, maxBytes).first;
    expectations.set(`object ${owner};${name}`, [{ label, expectation: { kind: "object", owner, name } }]);
  }

  async function remove(unit: Unit, owner: string, name?: string): Promise<void> {
    if (name === undefined) await unit.sql.run("DELETE FROM watches WHERE owner = ?", [owner]);
    else await unit.sql.run("DELETE FROM watches WHERE owner = ? AND name = ?", [owner, name]);
    expectations.drop(name === undefined ? `object ${owner};` : `object ${owner};${name}`);
  }

  async function take(owner: string, name: string, absent: "absentToo" | "absentIsBroken"): Promise<void> {
    const watch = await context.transact((unit) => find(unit, owner, name));
    if (watch === undefined) return;
    try {
      const line = session(watch.store);
      const answer = await line.whenOnline(() => line.fetchObject(watch.seed, watch.maxBytes));
      const final = answer.type === "absent" && absent === "absentIsBroken" ? ({ type: "broken" } as const) : answer;
      await takers.get(owner.slice(0, owner.indexOf(" ")))?.(owner, name, final);
    } catch {
      // The engine closes, or the database failed: the watch is saved and taken up at the next start.
    }
  }

  return {
    add,
    remove,
    arrived: (unit, { owner, name }) => unit.before(() => take(owner, name, "absentIsBroken")),
    onObject: (kind, taker) => void takers.set(kind, taker),
  };
}

async function find(unit: Unit, owner: string, name: string): Promise<Watch | undefined> {
  const [row] = await unit.sql.all("SELECT * FROM watches WHERE owner = ? AND name = ?", [owner, name]);
  return row === undefined ? undefined : watchFromRow(row);
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
