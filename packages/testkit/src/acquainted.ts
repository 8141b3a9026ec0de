import { copyDisk, type TestDisk } from "./database.ts";
import type { MemoryTable } from "./memory-table.ts";
import { pair, type Person, type World } from "./people.ts";

/** A world in which some people know each other. */
interface Prepared {
  readonly disks: readonly TestDisk[];
  readonly table: MemoryTable;
  readonly now: number;
}

interface Acquaintances {
  /** What decides how they are on their disks, beside their names and who knows whom. */
  readonly key?: string;
  readonly names: readonly string[];
  /** Who pairs; everybody with everybody by default. The earlier name invites. */
  readonly knows?: (one: string, other: string) => boolean;
  /** How long they settle afterwards, in ms of the world's time. */
  readonly settle?: number;
  /** Opens one of them, on this disk if there is one. */
  open(name: string, disk?: TestDisk): Promise<Person>;
}

const known = new Map<string, Prepared>();

/**
 * People who know each other, in a world where nothing has happened yet. They pair once in a
 * process, which takes a tenth of a second each; later worlds start from copies of their disks and
 * of the store, as after a restart.
 */
export async function acquainted(world: World, p: Acquaintances): Promise<Person[]> {
  const { names, knows = () => true, settle = 0 } = p;
  const pairs = names.flatMap((one, i) =>
    names.flatMap((other, j) => (i < j && knows(one, other) ? [[i, j] as const] : [])),
  );
  const key = JSON.stringify([p.key, names, pairs, settle, world.clock.now()]);
  const prepared = known.get(key);
  if (prepared !== undefined) return reopened(world, prepared, p);
  const people: Person[] = [];
  for (const name of names) people.push(await p.open(name));
  for (const [one, other] of pairs) await pair(world, people[one] as Person, people[other] as Person);
  await world.clock.advance(settle);
  const disks = people.map(({ disk }) => copyDisk(disk));
  known.set(key, { disks, table: world.store.table.copy(), now: world.clock.now() });
  return people;
}

async function reopened(world: World, { disks, table, now }: Prepared, { names, open }: Acquaintances) {
  world.store.table = table.copy();
  await world.clock.advance(now - world.clock.now());
  const people: Person[] = [];
  for (const [i, name] of names.entries()) people.push(await open(name, copyDisk(disks[i] as TestDisk)));
  await world.clock.advance(0);
  return people;
}
