import type { EngineOptions } from "@pli/engine";
import type { SqlRow } from "@pli/engine/ports";
import {
  acquainted,
  codesOf,
  createWorld,
  meet,
  openTestDatabase,
  pair,
  type Meeting,
  type Person,
  type TestDisk,
  type World,
} from "@pli/testkit";

export interface Friends {
  readonly world: World;
  readonly alice: Person;
  readonly bob: Person;
}

/** Alice and Bob, paired. */
export async function friends(options: Partial<EngineOptions> = {}): Promise<Friends> {
  const world = createWorld();
  const open = (name: string, disk?: TestDisk): Promise<Person> => world.person(name, options, disk && { disk });
  const names = ["Alice", "Bob"];
  const [alice, bob] = (await acquainted(world, { key: JSON.stringify(options), names, open })) as [Person, Person];
  return { world, alice, bob };
}

/** Pairs each with each, or only those who know each other, and lets them settle. */
export async function acquaint(
  world: World,
  people: readonly Person[],
  knows: (one: Person, other: Person) => boolean = () => true,
): Promise<void> {
  for (const [i, one] of people.entries()) {
    for (const other of people.slice(i + 1)) if (knows(one, other)) await pair(world, one, other);
  }
  await world.clock.advance(30_000);
}

/** They meet by a link, and each types what the other shows, whatever comes of it. */
export async function meetAndType(world: World, inviter: Person, responder: Person): Promise<Meeting> {
  const meeting = await meet(world, inviter, responder);
  const codes = await codesOf(world, inviter, responder, meeting);
  // Who types second may find that the other side has ended it.
  const type = (who: Person, pairing: string, digits: string): Promise<unknown> =>
    who.engine.typeCode({ pairing, digits }).catch((error: unknown) => error);
  await type(responder, meeting.acceptance, codes.inviter);
  await type(inviter, meeting.invitation, codes.responder);
  return meeting;
}

/** Waits until both have this many texts of the other. */
export function heardAll({ world, alice, bob }: Friends, fromAlice: number, fromBob: number): Promise<true> {
  return world.until(
    async () =>
      (await bob.heard("Alice")).length >= fromAlice && (await alice.heard("Bob")).length >= fromBob && (true as const),
    `${fromAlice} texts of Alice and ${fromBob} of Bob`,
  );
}

/** Lines of a conversation that nobody wrote, by kind. */
export async function lines(person: Person, other: string, kind: string): Promise<number> {
  return (await person.messages(other)).filter(({ body }) => body.kind === kind).length;
}

/** This device cannot go on in its conversations of two: it lights a beacon in each. */
export async function loseThread(person: Person): Promise<void> {
  await person.engine.close();
  const lost = "UPDATE conversations SET state = 'rejoining', beacon = NULL WHERE kind = 'direct'";
  await rowsOf(person.disk, lost);
  await person.start(person.disk);
}

/** The rows of a closed person's database. */
export async function rowsOf(disk: TestDisk, sql: string): Promise<SqlRow[]> {
  const database = await openTestDatabase(disk);
  const rows = await database.transaction((open) => open.all(sql));
  await database.close();
  return rows;
}

/** What a closed person's device has yet to write: contents, sealed or not, and all else. */
export async function unsent(disk: TestDisk): Promise<SqlRow[]> {
  return rowsOf(
    disk,
    `SELECT conversation AS what, purpose AS of FROM pending_contents
     UNION ALL SELECT stream, reference FROM send_queue WHERE reference NOT LIKE 'content %'`,
  );
}

/**
 * Every value of every table of a closed person's database that is bytes or text, as one buffer.
 */
export async function allBytes(disk: TestDisk): Promise<Buffer> {
  const tables = await rowsOf(disk, "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'");
  const parts: Buffer[] = [];
  for (const { name } of tables) {
    for (const row of await rowsOf(disk, `SELECT * FROM "${String(name)}"`)) {
      for (const value of Object.values(row)) if (value !== null) parts.push(bufferOf(value));
    }
  }
  return Buffer.concat(parts);
}

const bufferOf = (value: string | number | Uint8Array): Buffer =>
  value instanceof Uint8Array ? Buffer.from(value) : Buffer.from(String(value));

export async function closeAll(...people: readonly Person[]): Promise<void> {
  for (const person of people) await person.engine.close();
}
