import { createCrypto, createSeededCrypto, utf8, type Crypto } from "@pli/protocol/crypto";
import { copyDisk, type TestDisk } from "../database.ts";
import type { MemoryTable } from "../memory-table.ts";
import { linkDevice } from "../linking.ts";
import { createWorld, pair, type Person, type World } from "../people.ts";
import { remembering } from "../remembering-crypto.ts";
import type { Cast } from "./steps.ts";

/** People who know each other, as every simulated run finds them. */
export interface Base extends Cast {
  readonly crypto: Crypto;
  readonly names: readonly string[];
  /** Profile ids, by number of the person. */
  readonly profiles: readonly string[];
  readonly disks: readonly TestDisk[];
  /** Devices that somebody has beside their first. */
  readonly further: readonly { readonly who: number; readonly disk: TestDisk }[];
  /** The recovery words of each person, where they have written them down. */
  readonly words: readonly string[];
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

/** Who has two devices when people have several, by number. */
const WITH_TWO = [0, 1];

const made = new Map<boolean, Promise<Base>>();

/**
 * Made once in a process, the same in each: pairing takes long. `severalDevices`: some people have
 * more than one, and all have written down their recovery words.
 */
export function sharedBase(severalDevices = false): Promise<Base> {
  const known = made.get(severalDevices) ?? createBase(severalDevices);
  made.set(severalDevices, known);
  return known;
}

async function createBase(severalDevices: boolean): Promise<Base> {
  const crypto = remembering(await createCrypto());
  const world = createWorld();
  const people = [];
  for (const name of NAMES) {
    people.push(
      await world.person(name, severalDevices ? { backups: "written" } : {}, {
        crypto: createSeededCrypto(crypto, utf8(`base ${name}`)),
      }),
    );
  }
  for (const [a, inviter] of people.entries()) {
    for (const [b, responder] of people.entries())
      if (a < b && areContacts(a, b)) await pair(world, inviter, responder);
  }
  await world.clock.advance(SETTLE_MS);
  const { further, words } = severalDevices ? await equip(world, people, crypto) : NOTHING_MORE;
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
    further,
    words,
    table: world.store.table.copy(),
    now: world.clock.now(),
  };
}

const NOTHING_MORE: Pick<Base, "further" | "words"> = { further: [], words: [] };

/** They write down their words, and some link a second device. */
async function equip(world: World, people: readonly Person[], crypto: Crypto): Promise<typeof NOTHING_MORE> {
  const words: string[] = [];
  for (const { engine } of people) {
    const own = (await engine.recoveryWords({ language: "en" })).join(" ");
    await engine.checkRecovery({ words: own });
    words.push(own);
  }
  const further = [];
  for (const who of WITH_TWO) {
    const old = people[who];
    if (old === undefined) continue;
    const name = `${old.name} 2`;
    const random = createSeededCrypto(crypto, utf8(`base ${name}`));
    const device = await linkDevice(world, old, name, {}, { crypto: random });
    further.push({ who, device });
  }
  await world.clock.advance(SETTLE_MS);
  for (const { device } of further) await device.engine.close();
  return { words, further: further.map(({ who, device: { disk } }) => ({ who, disk: copyDisk(disk) })) };
}

/** Randomness of its own for each thing in a run that draws any. */
export const cryptoOf = ({ crypto }: Base, name: string): Crypto => createSeededCrypto(crypto, utf8(name));
