import { MemoryStore, type MemoryTable, type World } from "@pli/testkit";

/** A store that can tell two circles of people different things: those of the world's store, and those of `other`. */
export interface TwoFaced {
  readonly other: MemoryStore;
  /** From now on each circle writes for itself alone. */
  split(): void;
  /** Each circle sees what the other wrote meanwhile, but for labels that both have used. */
  meet(): void;
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

  function meet(): void {
    const [ofOne, ofOther] = [one.entries().slice(from), other.entries().slice(from)];
    const [intoOne, intoOther] = [mirror(one.table, other.table), mirror(other.table, one.table)];
    for (const { label, cell } of ofOther) intoOne({ type: "put", id: 0, label, cell });
    for (const { label, cell } of ofOne) intoOther({ type: "put", id: 0, label, cell });
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

/** What is put into one table is put into the other too. Gives the way to put into the first alone. */
function mirror(table: MemoryTable, twin: MemoryTable): MemoryTable["put"] {
  const alone = table.put.bind(table);
  const both = twin.put.bind(twin);
  twin.put = (request) => {
    alone(request);
    return both(request);
  };
  return alone;
}
