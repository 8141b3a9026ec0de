import { createWorld, meet, pair, pairingOf, type Meeting, type Person, type World } from "@pli/testkit";
import { labelKey } from "@pli/protocol/wire";
import { expect, test } from "vitest";
import { cutEverywhere, through } from "./support/cuts.ts";
import { friends, lines, loseThread, type Friends } from "./support/friends.ts";

async function allHeard({ alice, bob }: Friends, count: number): Promise<boolean> {
  return (await bob.heard("Alice")).length >= count && (await alice.heard("Bob")).length >= count;
}

test("a power cut after any transaction of sending or receiving loses nothing and repeats nothing", async () => {
  const people = await friends({ receiptSlots: { every: 1_000, window: 400, decoys: false } });
  const { world, alice, bob } = people;
  const [fromAlice, fromBob]: [string[], string[]] = [[], []];
  const cuts = await cutEverywhere(async (n) => {
    world.store.takeDown();
    for (const size of [10, 9_000, 20_000]) {
      fromAlice.push(`${n} ${"a".repeat(size)}`);
      fromBob.push(`${n} ${"b".repeat(size)}`);
      await alice.say("Bob", fromAlice.at(-1) ?? "");
      await bob.say("Alice", fromBob.at(-1) ?? "");
    }
    alice.power.cutAfter(n);
    world.store.bringUp();
    return through(world, alice, () => allHeard(people, fromAlice.length));
  });
  expect(cuts).toBeGreaterThan(10);
  expect((await bob.heard("Alice")).map(({ length }) => length)).toEqual(fromAlice.map(({ length }) => length));
  expect((await alice.heard("Bob")).map(({ length }) => length)).toEqual(fromBob.map(({ length }) => length));
  for (const person of [alice, bob]) {
    const { counters } = await person.read("storage", {});
    expect(counters).toMatchObject({ gaps: 0, undecryptable: 0, rejoins: 0 });
  }
});

test("a power cut after any transaction of a key update leaves both in the same epoch", async () => {
  const people = await friends({ updateEvery: 1, receiptSlots: { every: 1_000, window: 400, decoys: false } });
  const { world, alice, bob } = people;
  let said = 0;
  const cuts = await cutEverywhere(async (n) => {
    said += 1;
    world.store.takeDown();
    await bob.say("Alice", `b${said}`);
    await alice.say("Bob", `a${said}`);
    alice.power.cutAfter(n);
    world.store.bringUp();
    return through(world, alice, () => allHeard(people, said));
  });
  // Steps that end at one moment share a transaction: from five to a dozen.
  expect(cuts).toBeGreaterThan(2);
  const numbers = Array.from({ length: said }, (_, i) => i + 1);
  expect(await bob.heard("Alice")).toEqual(numbers.map((i) => `a${i}`));
  expect(await alice.heard("Bob")).toEqual(numbers.map((i) => `b${i}`));
  expect(await lines(alice, "Bob", "gap")).toBe(0);
  expect((await alice.read("storage", {})).counters.rejoins).toBe(0);
});

test("a power cut at any moment of looking for a missing cell: one gap, and nothing behind it is lost", async () => {
  const people = await friends({ receiptSlots: "never", holePatience: 20_000 });
  const { world, alice, bob } = people;
  let heard = 0;
  const cuts = await cutEverywhere(async (n) => {
    await bob.engine.close();
    const from = world.store.next();
    for (let i = 0; i < 12; i++) await alice.say("Bob", `${n} ${i}`);
    await world.clock.advance(2_000);
    hide(world, from);
    await bob.start(bob.disk);
    bob.power.cutAfter(n);
    heard += 11;
    return through(world, bob, async () => (await bob.heard("Alice")).length >= heard);
  });
  expect(cuts).toBeGreaterThan(5);
  expect(await bob.heard("Alice")).toHaveLength(heard);
  expect(await lines(bob, "Alice", "gap")).toBe(cuts + 1);
});

/** The cell at this position never was: a stranger's stands in its place. */
function hide({ store }: World, position: number): void {
  const entry = store.entries()[position];
  if (entry === undefined) throw new Error("no such cell");
  store.table.cells.delete(labelKey(entry.label));
  Object.assign(entry, { label: new Uint8Array(32).fill(7, 2) });
}

/** Both people do what they are shown until they are paired. */
async function pairThrough(world: World, inviter: Person, responder: Person, victim: Person, meeting: Meeting) {
  const { invitation, acceptance } = meeting;
  const typeWhenShown = async (person: Person, id: string, other: Person, otherId: string): Promise<void> => {
    const [own, theirs] = [await pairingOf(person, id), await pairingOf(other, otherId)];
    if (own.step === "code" && theirs.say !== undefined) {
      await person.engine.typeCode({ pairing: id, digits: theirs.say }).catch(() => undefined);
    }
  };
  return through(world, victim, async () => {
    await typeWhenShown(inviter, invitation, responder, acceptance);
    await typeWhenShown(responder, acceptance, inviter, invitation);
    const views = [await pairingOf(inviter, invitation), await pairingOf(responder, acceptance)];
    expect(views.filter(({ step }) => step === "failed")).toEqual([]);
    return views.every(({ step }) => step === "paired");
  });
}

test.each(["inviter", "responder"] as const)(
  "a power cut of the %s after any transaction of a pairing: it goes on, and they talk",
  async (who) => {
    const world = createWorld();
    const cuts = await cutEverywhere(async (n) => {
      const [inviter, responder] = [await world.person(`I${n}`), await world.person(`R${n}`)];
      const victim = who === "inviter" ? inviter : responder;
      const meeting = await meet(world, inviter, responder);
      victim.power.cutAfter(n);
      const count = await pairThrough(world, inviter, responder, victim, meeting);
      await inviter.say(responder.name, "ping");
      await responder.say(inviter.name, "pong");
      await world.until(
        async () =>
          (await responder.heard(inviter.name)).length === 1 && (await inviter.heard(responder.name)).length === 1,
        "ping and pong",
      );
      expect(await lines(inviter, responder.name, "paired")).toBe(1);
      expect(await lines(responder, inviter.name, "paired")).toBe(1);
      await inviter.engine.close();
      await responder.engine.close();
      return count;
    });
    expect(cuts).toBeGreaterThan(4);
  },
);

test.each(["Alice", "Bob"] as const)(
  "a power cut of %s after any transaction of a re-joining: the conversation goes on",
  async (who) => {
    const world = createWorld();
    const cuts = await cutEverywhere(async (n) => {
      const [alice, bob] = [await world.person("Alice"), await world.person("Bob")];
      await pair(world, alice, bob);
      await loseThread(alice);
      const victim = who === "Alice" ? alice : bob;
      await alice.say("Bob", "a");
      await bob.say("Alice", "b");
      victim.power.cutAfter(n);
      const count = await through(world, victim, () => allHeard({ world, alice, bob }, 1));
      expect(await bob.heard("Alice")).toEqual(["a"]);
      expect(await alice.heard("Bob")).toEqual(["b"]);
      expect(await lines(bob, "Alice", "rejoined")).toBe(1);
      await alice.engine.close();
      await bob.engine.close();
      return count;
    });
    expect(cuts).toBeGreaterThan(3);
  },
);
