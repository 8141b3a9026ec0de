import { tryAll, type View } from "@pli/testkit";
import { expect, onTestFinished, test } from "vitest";
import { createHomePerson, pairPeople, whenLive, type HomePerson } from "./lib/homes.ts";
import { startRelay, type RecordingRelay } from "./lib/recording-relay.ts";
import { startStoreProcess, type StoreProcess } from "./lib/store-process.ts";

const ADDRESSES = Array.from({ length: 12 }, (_, i) => `127.0.0.${i + 11}`);
/** Those of the one group, by number; the first founded it. */
const MEMBERS = [0, 2, 4, 6];
/** So long nothing passes: what was under way has arrived. */
const QUIET_MS = 600;
/** Until all that a client does after coming back has been done. */
const AFTERMATH_MS = 1_500;

interface Watched {
  readonly store: StoreProcess;
  readonly relay: RecordingRelay;
  readonly people: readonly HomePerson[];
  /** When all were paired and the group was there. */
  readonly began: number;
}

/** Six pairs and a group across them, each person at an address of their own. */
async function settle(): Promise<Watched> {
  const store = await startStoreProcess();
  onTestFinished(store.kill);
  const relay = await startRelay(store.origin);
  onTestFinished(relay.close);
  const people = await Promise.all(
    ADDRESSES.map((address) => createHomePerson(address, relay.origin, relay.dialerFrom(address))),
  );
  onTestFinished(async () => void (await Promise.all(people.map((person) => person.close()))));
  const at = (who: number): HomePerson => people[who] ?? fail("nobody of this number");
  await Promise.all(people.flatMap((_, i) => (i % 2 === 0 ? [pairPeople(at(i), at(i + 1))] : [])));
  const [founder = 0, ...others] = MEMBERS;
  for (const who of others) await pairPeople(at(founder), at(who));
  const contacts = (await at(founder).api.read("contacts", {})).filter(({ name }) => name !== at(1).name);
  await at(founder).api.createGroup({ name: "Team", contacts: contacts.map(({ id }) => id) });
  await Promise.all(MEMBERS.map((who) => whenInGroup(at(who))));
  return { store, relay, people, began: Date.now() };
}

function fail(why: string): never {
  throw new RangeError(why);
}

const whenInGroup = ({ api }: HomePerson) =>
  whenLive(api, "conversations", {}, (all) => all.some(({ kind, state }) => kind === "group" && state === "ready"));

/** Everybody writes in every conversation they have. */
async function writeAll({ people }: Watched, text: string): Promise<void> {
  for (const { api } of people) {
    for (const { id } of await api.read("conversations", {})) await api.sendText({ conversation: id, text });
  }
}

const whenSent = ({ people }: Watched) =>
  Promise.all(
    people.map(({ api }) =>
      whenLive(api, "status", {}, ({ pending, connection }) => pending === 0 && connection.state === "online"),
    ),
  );

async function whenQuiet({ relay }: Watched): Promise<void> {
  const seen = (): number => relay.view().events.length;
  for (let before = -1; before !== seen(); await pause(QUIET_MS)) before = seen();
}

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/**
 * What each address asked for on the connections it made while this happened, but for its own puts.
 */
async function askedDuring(watched: Watched, what: () => Promise<unknown>): Promise<Map<string, string>> {
  const before = connectionsIn(watched.relay.view());
  await what();
  await whenSent(watched);
  await pause(AFTERMATH_MS);
  const asked = new Map<string, string[]>();
  for (const { who, way, type, from, connection } of watched.relay.view().events) {
    if (way !== "in" || type.startsWith("put") || connection < before) continue;
    asked.set(who, [...(asked.get(who) ?? []), from === undefined ? type : `${type} ${from}`]);
  }
  return new Map([...asked].map(([who, requests]) => [who, requests.join(", ")]));
}

const connectionsIn = (view: View): number => Math.max(...view.events.map(({ connection }) => connection)) + 1;

async function killed({ store }: Watched): Promise<void> {
  await store.kill();
  await store.start();
}

function expectAlike(asked: ReadonlyMap<string, string>): void {
  expect([...asked.keys()].toSorted()).toEqual(ADDRESSES);
  expect([...new Set(asked.values())]).toEqual([expect.stringMatching(/^hello, follow \d+$/)]);
}

test("what clients ask of a store that was killed and started again tells nothing of them", async () => {
  const watched = await settle();
  await writeAll(watched, "before");
  await whenSent(watched);
  await whenQuiet(watched);
  expectAlike(await askedDuring(watched, () => killed(watched)));

  await whenQuiet(watched);
  const clients = () => Promise.all(watched.people.map((person) => person.reopen()));
  expectAlike(await askedDuring(watched, clients));

  const amid = async (): Promise<void> => {
    await writeAll(watched, "meanwhile");
    await killed(watched);
  };
  const asked = await askedDuring(watched, amid);
  expect(asked.size).toBe(ADDRESSES.length);
  for (const requests of asked.values()) expect(requests).toMatch(/^hello, follow \d+$/);
  expect(guessesOn(watched.relay.view(), "resume position")).toEqual([]);
  expect(getsSince(watched.relay.view(), watched.began)).toEqual([]);
}, 180_000);

/**
 * What attacks of this kind say of all that passed: nothing, when nobody chose a position of their
 * own.
 */
const guessesOn = (view: View, kind: string) =>
  [...tryAll({ view, names: ADDRESSES, links: new Set(), began: 0 })].flatMap(([name, { guesses }]) =>
    name.includes(kind) ? guesses : [],
  );

/** Only who accepts an invitation may have to ask for it: all else the feed has shown. */
const getsSince = (view: View, began: number) =>
  view.events.filter(({ type, at }) => type.startsWith("get") && at >= began);
