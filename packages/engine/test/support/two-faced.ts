import { labelKey, type Entry } from "@pli/protocol/wire";
import { MemoryStore, type MemoryTable, type World } from "@pli/testkit";

/**
 * A store that can tell two circles of people different things: those of the world's store, and
 * those of `other`.
 */
export interface TwoFaced {
  readonly other: MemoryStore;
  /** From now on each circle writes for itself alone. */
  split(): void;
  /**
   * Each circle sees what the other wrote meanwhile; under labels that both have used, only if the
   * store is careless.
   */
  meet(isCareless?: boolean): void;
}

export function twoFaced(world: World): TwoFaced {
  const one = world.store;
  const other = new MemoryStore({ clock: world.clock });
  let from = 0;
  other.table = one.table;
  const tellAll = (feed: number): void => {
    for (const line of [...one.lines, ...other.lines]) line.live(feed);
  };
  one.tellFollowers = tellAll;
  other.tellFollowers = tellAll;

  function meet(isCareless = false): void {
    const [ofOne, ofOther] = [one.entries().slice(from), other.entries().slice(from)];
    const [intoOne, intoOther] = [mirror(one.table, other.table), mirror(other.table, one.table)];
    for (const entry of ofOther) bring(one.table, intoOne, entry, isCareless);
    for (const entry of ofOne) bring(other.table, intoOther, entry, isCareless);
    tellAll(0);
  }

  return {
    other,
    split: () => {
      from = one.next();
      other.table = one.table.copy();
    },
    meet,
  };
}

/**
 * Puts what the other circle wrote; `isCareless`: into the feed also where this circle has another
 * cell.
 */
function bring(table: MemoryTable, put: MemoryTable["put"], { label, cell }: Entry, isCareless: boolean): void {
  const own = table.cells.get(labelKey(label));
  if (isCareless) table.cells.delete(labelKey(label));
  put({ type: "put", id: 0, label, cell });
  if (own !== undefined) table.cells.set(labelKey(label), own);
}

/**
 * What is put into one table is put into the other too. Gives the way to put into the first alone.
 */
function mirror(table: MemoryTable, twin: MemoryTable): MemoryTable["put"] {
  const alone = table.put.bind(table);
  const both = twin.put.bind(twin);
  twin.put = (request) => {
    alone(request);
    return both(request);
  };
  return alone;
}
