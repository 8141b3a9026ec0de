import { RECEIPT_SLOTS } from "@pli/engine";
import { createCrypto, createSeededCrypto, utf8 } from "@pli/protocol/crypto";
import type { Form } from "@pli/protocol/wire";
import { copyDisk } from "../database.ts";
import { createWorld, pair, type Person, type World } from "../people.ts";
import { remembering } from "../remembering-crypto.ts";
import { createDice } from "../simulation/dice.ts";
import { DAY, planDays, type Entry, type Place } from "./diary.ts";
import { recordStore, type Recorder } from "./recorder.ts";
import { linksOf, nameOf, planTown, type Town } from "./town.ts";
import type { View } from "./view.ts";

/** What the dials of a run decide. The same options give the same view, byte for byte. */
export interface LifeOptions {
  readonly seed: number;
  readonly people: number;
  /** From 06:00 on the first; half a day ends at 18:00. */
  readonly days: number;
  readonly form: Form;
}

/** A town that was watched: what the operator saw, and what they would like to know. */
export interface Watched {
  readonly view: View;
  /** Every two who have a conversation in common (`linkOf`). */
  readonly links: ReadonlySet<string>;
  readonly names: readonly string[];
  /** When the days began: before that, people met and groups were founded. */
  readonly began: number;
}

/** Until all that follows a pairing or a new group has happened. */
const SETTLE_MS = 600_000;
const MORNING_HOURS = 6;

/** Lets a town live for some days over a store in memory, and gives what the store saw. */
export async function watchTown(options: LifeOptions): Promise<Watched> {
  const dice = createDice(`town ${options.seed}`);
  const town = planTown(dice, options.people);
  const ends = options.days * DAY;
  const diary = planDays(dice, town, Math.ceil(options.days)).filter(({ at }) => at < ends);
  const life = await settle(town, options);
  const began = await morning(life.world);
  for (const entry of diary) {
    await life.world.clock.advance(Math.max(0, began + entry.at - life.world.clock.now()));
    await life.live(entry);
  }
  await life.world.clock.advance(Math.max(0, began + ends - life.world.clock.now()));
  for (const person of life.people.values()) await person.engine.close();
  return { view: life.recorder.view(), links: linksOf(town), names: town.people.map(({ name }) => name), began };
}

interface Life {
  readonly world: World;
  readonly recorder: Recorder;
  readonly people: ReadonlyMap<number, Person>;
  live(entry: Entry): Promise<void>;
}

/** Everybody who is there from the start, paired, in their groups, and on line. */
async function settle(town: Town, { seed, form }: LifeOptions): Promise<Life> {
  const crypto = remembering(await createCrypto());
  const world = createWorld();
  world.store.knobs.form = form;
  const recorder = recordStore(world.store);
  const people = new Map<number, Person>();
  const open = new Set<number>();
  const conversations = new Map<string, string>();

  async function come(who: number): Promise<Person> {
    const name = nameOf(who);
    const own = createSeededCrypto(crypto, utf8(`town ${seed} ${name}`));
    const options = { receiptSlots: RECEIPT_SLOTS }; // as people have them, not as tests do
    const person = await world.person(name, options, { store: recorder.as(name), crypto: own });
    people.set(who, person);
    open.add(who);
    return person;
  }

  function personOf(who: number): Person {
    const person = people.get(who);
    if (person === undefined) throw new Error(`${nameOf(who)} is not in town`);
    return person;
  }

  async function found(group: number): Promise<void> {
    const { name, members } = groupAt(town, group);
    const [founder, ...others] = members
      .slice(0, -1)
      .filter((who) => people.has(who))
      .map(personOf);
    if (founder === undefined) return;
    const contacts = await Promise.all(others.map((other) => contactOf(founder, other.name)));
    await founder.engine.createGroup({ name, contacts });
    await world.until(() => areIn([founder, ...others], name), `${name} founded`);
  }

  async function arrive(who: number, group: number): Promise<void> {
    const newcomer = await come(who);
    await pair(world, await founderOf(group), newcomer);
    await add(who, group);
  }

  /** Who founded it, with the app open. */
  async function founderOf(group: number): Promise<Person> {
    const [founder = 0] = groupAt(town, group).members;
    await openApp(founder);
    return personOf(founder);
  }

  async function add(who: number, group: number): Promise<void> {
    const founder = await founderOf(group);
    const conversation = await conversationTo(founder, { group });
    if (conversation === undefined) return;
    await founder.engine.addToGroup({ conversation, contacts: [await contactOf(founder, nameOf(who))] });
  }

  async function describe(group: number): Promise<void> {
    const founder = await founderOf(group);
    const conversation = await conversationTo(founder, { group });
    const description = `since ${world.clock.now()}`;
    if (conversation !== undefined) await founder.engine.changeGroup({ conversation, description });
  }

  async function openApp(who: number): Promise<void> {
    const person = people.get(who);
    if (person === undefined || open.has(who)) return;
    open.add(who);
    await person.start(person.disk);
  }

  async function closeApp(who: number): Promise<void> {
    if (open.delete(who)) await personOf(who).engine.close();
  }

  async function kill(who: number): Promise<void> {
    if (!open.has(who)) return;
    const person = personOf(who);
    const disk = copyDisk(person.disk);
    await person.engine.close();
    await person.start(disk);
  }

  /** A group's id is another on each device, and the same from its beginning to its end. */
  async function conversationTo(person: Person, place: Place): Promise<string | undefined> {
    const name = "group" in place ? groupAt(town, place.group).name : otherOf(town, place.pair, person.name);
    const known = conversations.get(`${person.name} ${name}`);
    if (known !== undefined) return known;
    const found = (await person.read("conversations", {})).find((view) => view.name === name && view.state === "ready");
    if (found !== undefined) conversations.set(`${person.name} ${name}`, found.id);
    return found?.id;
  }

  async function say(who: number, to: Place, characters: number): Promise<void> {
    if (!open.has(who)) return;
    const person = personOf(who);
    const conversation = await conversationTo(person, to);
    if (conversation !== undefined) await person.engine.sendText({ conversation, text: "x".repeat(characters) });
  }

  async function live(entry: Entry): Promise<void> {
    switch (entry.do) {
      case "open":
        return openApp(entry.who);
      case "close":
        return closeApp(entry.who);
      case "kill":
        return kill(entry.who);
      case "cut":
        return entry.who === "everybody" ? world.store.cut() : recorder.cut(nameOf(entry.who));
      case "say":
        return say(entry.who, entry.to, entry.characters);
      case "arrive":
        return arrive(entry.who, entry.group);
      case "add":
        return add(entry.who, entry.group);
      case "describe":
        return describe(entry.group);
    }
  }

  for (const [who, { arrives }] of town.people.entries()) if (arrives === 0) await come(who);
  for (const [a, b] of town.pairs) if (people.has(a) && people.has(b)) await pair(world, personOf(a), personOf(b));
  await world.clock.advance(SETTLE_MS);
  for (const [group] of town.groups.entries()) await found(group);
  await world.clock.advance(SETTLE_MS);
  for (const [who, { habit }] of town.people.entries())
    if (habit !== "day and night" && open.has(who)) await closeApp(who);
  return { world, recorder, people, live };
}

/** Night passes. Gives the moment at which the first day begins. */
async function morning({ clock }: World): Promise<number> {
  const midnight = Math.ceil(clock.now() / DAY) * DAY;
  await clock.advance(midnight + (MORNING_HOURS * DAY) / 24 - clock.now());
  return clock.now();
}

async function contactOf(person: Person, name: string): Promise<string> {
  const found = (await person.read("contacts", {})).find((contact) => contact.name === name);
  if (found === undefined) throw new Error(`${person.name} does not know ${name}`);
  return found.id;
}

async function areIn(people: readonly Person[], group: string): Promise<boolean> {
  const sizes = await Promise.all(people.map((person) => sizeOf(person, group)));
  return sizes.every((size) => size === people.length);
}

async function sizeOf(person: Person, group: string): Promise<number> {
  const found = (await person.read("conversations", {})).find(({ name, state }) => name === group && state === "ready");
  return found === undefined ? 0 : ((await person.read("group", { id: found.id }))?.members.length ?? 0);
}

function groupAt({ groups }: Town, group: number): Town["groups"][number] {
  const found = groups[group];
  if (found === undefined) throw new RangeError("no such group");
  return found;
}

function otherOf({ pairs }: Town, pair: number, name: string): string {
  const [a, b] = pairs[pair] ?? [0, 0];
  return nameOf(a) === name ? nameOf(b) : nameOf(a);
}
