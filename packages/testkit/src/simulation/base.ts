import { createCrypto, createSeededCrypto, utf8, type Crypto } from "@pli/protocol/crypto";
import { copyDisk, type TestDisk } from "../database.ts";
import type { MemoryTable } from "../memory-table.ts";
import { createWorld, pair } from "../people.ts";
import { remembering } from "../remembering-crypto.ts";
import type { Cast } from "./steps.ts";

/** People who know each other, as every simulated run finds them. */
export interface Base extends Cast {
  readonly crypto: Crypto;
  readonly names: readonly string[];
  /** Profile ids, by number of the person. */
  readonly profiles: readonly string[];
  readonly disks: readonly TestDisk[];
  readonly table: MemoryTable;
  /** When it was made, by the world's clock. */
  readonly now: number;
}

const NAMES = ["Ada", "Ben", "Cleo", "Dan", "Eve", "Finn"];
/** Those who are not contacts of each other, by number. */
const STRANGERS: readonly (readonly [number, number])[] = [
  [0, 5],
  [1, 4],
  [2, 3],
];
/** Until all that follows a pairing has happened. */
const SETTLE_MS = 600_000;

const areContacts = (a: number, b: number): boolean =>
  a !== b && !STRANGERS.some(([one, other]) => (one === a && other === b) || (one === b && other === a));

let made: Promise<Base> | undefined;

/** Made once in a process, the same in each: pairing takes long. */
export function sharedBase(): Promise<Base> {
  return (made ??= createBase());
}

async function createBase(): Promise<Base> {
  const crypto = remembering(await createCrypto());
  const world = createWorld();
  const people = [];
  for (const name of NAMES) {
    people.push(await world.person(name, {}, { crypto: createSeededCrypto(crypto, utf8(`base ${name}`)) }));
  }
  for (const [a, inviter] of people.entries()) {
    for (const [b, responder] of people.entries())
      if (a < b && areContacts(a, b)) await pair(world, inviter, responder);
  }
  await world.clock.advance(SETTLE_MS);
  const profiles: string[] = [];
  for (const person of people) {
    profiles.push((await person.read("status", {})).profile?.id ?? "");
    await person.engine.close();
  }
  return {
    crypto,
    people: NAMES.length,
    areContacts,
    names: NAMES,
    profiles,
    disks: people.map(({ disk }) => copyDisk(disk)),
    table: world.store.table.copy(),
    now: world.clock.now(),
  };
}

/** Randomness of its own for each thing in a run that draws any. */
export const cryptoOf = ({ crypto }: Base, name: string): Crypto => createSeededCrypto(crypto, utf8(name));
