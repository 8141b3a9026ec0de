import { EVERYTHING, copyDisk, createWorld, pair, type Person, type World } from "@pli/testkit";
import { describe, expect, test } from "vitest";
import { friends, heardAll, lines, rowsOf, type Friends } from "./support/friends.ts";
import { foundGroup, heard, messagesIn, mustBeIn, textsIn, write } from "./support/groups.ts";

/**
 * Nothing said is lost, and nothing done is undone: what is deleted, what nobody fetched in time,
 * who pairs again.
 */

const MINUTE = 60_000;
const DAY = 86_400_000;

/** A number of days pass for people whose devices are off, and these are on again at their end. */
async function daysOff(world: World, days: number, off: readonly Person[], on: readonly Person[] = off): Promise<void> {
  for (const person of off) await person.engine.close();
  await world.clock.advance(days * DAY);
  for (const person of on) await person.start(person.disk);
  await world.clock.advance(MINUTE);
}

/** Own texts with their states. */
async function statesOf(person: Person, other: string): Promise<string[]> {
  return (await person.messages(other)).flatMap(({ body, mine, state, error }) =>
    mine && body.kind === "text" ? [`${body.text}: ${error ?? state}`] : [],
  );
}

async function theirText(person: Person, other: string): Promise<string> {
  const found = (await person.messages(other)).findLast(({ body, mine }) => body.kind === "text" && !mine);
  if (found === undefined) throw new Error("no text");
  return found.id;
}

async function ownText(person: Person, other: string): Promise<string> {
  const found = (await person.messages(other)).findLast(({ body, mine }) => body.kind === "text" && mine);
  if (found === undefined) throw new Error("no text");
  return found.id;
}

async function settledFriends(): Promise<Friends> {
  const people = await friends();
  await people.world.clock.advance(MINUTE);
  return people;
}

describe("a message that its reader deletes", () => {
  test("is acknowledged all the same, also when it is deleted before its receipt left", async () => {
    const people = await friends();
    const { world, alice, bob } = people;
    await alice.say("Bob", "read and deleted");
    await heardAll(people, 1, 0);
    await bob.engine.markRead({ conversation: (await bob.conversationWith("Alice")).id, upTo: EVERYTHING });
    expect(await bob.engine.forgetMessage({ message: await theirText(bob, "Alice") })).toEqual({ left: "yes" });
    await world.clock.advance(2 * MINUTE);
    expect(await statesOf(alice, "Bob")).toEqual(["read and deleted: read"]);
  });

  test("does not come back when its author says it again from an old copy, and is acknowledged again", async () => {
    const people = await settledFriends();
    const { world, alice, bob } = people;
    await alice.say("Bob", "please delete this");
    await heardAll(people, 1, 0);
    const copy = copyDisk(alice.disk); // before its receipt came
    await bob.engine.forgetMessage({ message: await theirText(bob, "Alice") });
    await world.clock.advance(MINUTE);
    await alice.say("Bob", "later");
    await heardAll(people, 1, 0);
    await alice.restart(copy);
    await alice.say("Bob", "from the copy");
    await world.until(async () => (await bob.heard("Alice")).includes("from the copy"));
    await world.clock.advance(5 * MINUTE);
    expect(await bob.heard("Alice")).toEqual(["later", "from the copy"]);
    expect(await statesOf(alice, "Bob")).toContain("please delete this: delivered");
    expect((await bob.conversationWith("Alice")).unread).toBe(2);
  });

  test("does not come back in a group either, from its author or from who brings its reader back", async () => {
    const world = createWorld();
    const [ana, bo, cy] = [await world.person("Ana"), await world.person("Bo"), await world.person("Cy")];
    for (const other of [bo, cy]) await pair(world, ana, other);
    await foundGroup(world, [ana, bo, cy], "Choir");
    await world.clock.advance(MINUTE);
    const copy = copyDisk(bo.disk);
    await write(bo, "delete me");
    await heard(world, [ana, bo, cy], ["delete me"]);
    const text = (await messagesIn(cy)).find(({ body }) => body.kind === "text");
    await cy.engine.forgetMessage({ message: text?.id ?? "" });
    await bo.restart(copy);
    await world.clock.advance(2 * MINUTE);
    await daysOff(world, 40, [ana, bo, cy], [ana, bo]);
    world.store.expireBefore(world.store.next());
    await cy.start(cy.disk);
    await world.until(async () => (await mustBeIn(cy)).state === "ready", "Cy back");
    await write(bo, "welcome back");
    await world.until(async () => (await textsIn(cy)).includes("welcome back"), "a text");
    expect(await textsIn(cy)).not.toContain("delete me");
  });

  test("leaves its mark for so long, and of one author so many", async () => {
    const people = await settledFriends();
    const { world, alice, bob } = people;
    await alice.say("Bob", "gone");
    await heardAll(people, 1, 0);
    await bob.engine.forgetMessage({ message: await theirText(bob, "Alice") });
    expect(await rowsOf(copyDisk(bob.disk), "SELECT length(mark) AS n FROM erased")).toEqual([{ n: 16 }]);
    await daysOff(world, 401, [alice, bob]);
    expect(await rowsOf(copyDisk(bob.disk), "SELECT * FROM erased")).toEqual([]);
  });
});

describe("a message that its author deletes while it waits", () => {
  test("never leaves when it was not sealed, and says so", async () => {
    const { world, alice, bob } = await settledFriends();
    world.store.takeDown();
    await alice.say("Bob", "no, I take that back");
    expect(await alice.engine.forgetMessage({ message: await ownText(alice, "Bob") })).toEqual({ left: "no" });
    world.store.bringUp();
    await world.clock.advance(5 * MINUTE);
    expect(await bob.heard("Alice")).toEqual([]);
  });

  test.each(["a short one", "x".repeat(9_000), "y".repeat(40_000)])(
    "is not put again when it was on its way, and nothing is missing for its reader (%#)",
    async (text) => {
      const people = await settledFriends();
      const { world, alice, bob } = people;
      world.store.knobs.losePuts = 20; // sealed, and lost on the way
      await alice.say("Bob", text);
      await world.clock.advance(1_000);
      expect(await alice.engine.forgetMessage({ message: await ownText(alice, "Bob") })).toEqual({ left: "perhaps" });
      world.store.knobs.losePuts = 0;
      await world.clock.advance(2 * MINUTE);
      await alice.say("Bob", "something else");
      await world.until(async () => (await bob.heard("Alice")).length > 0);
      await world.clock.advance(10 * MINUTE);
      expect(await bob.heard("Alice")).toEqual(["something else"]);
      expect(await lines(bob, "Alice", "gap")).toBe(0);
      expect(await lines(bob, "Alice", "rejoined")).toBe(0);
    },
  );

  test("is shown to its reader when the store had it already, and is no trouble for what follows", async () => {
    const people = await settledFriends();
    const { world, alice, bob } = people;
    world.store.knobs.loseAnswers = 1;
    await alice.say("Bob", "too late");
    await world.clock.advance(1_000);
    expect(await alice.engine.forgetMessage({ message: await ownText(alice, "Bob") })).toEqual({ left: "perhaps" });
    await world.clock.advance(MINUTE);
    await alice.say("Bob", "next");
    await world.until(async () => (await bob.heard("Alice")).length === 2);
    expect(await bob.heard("Alice")).toEqual(["too late", "next"]);
    expect(await lines(bob, "Alice", "gap")).toBe(0);
  });

  test("never has its labels written with anything else: no two contents stand under one key", async () => {
    const people = await settledFriends();
    const { world, alice, bob } = people;
    const put = new Map<string, string>();
    const dial = world.store.dial.bind(world.store);
    const seen = (frame: Uint8Array): void => {
      if (frame[0] !== 2) return;
      const [label, cell] = [frame.subarray(5, 37), frame.subarray(37)].map((bytes) =>
        Buffer.from(bytes).toString("hex"),
      );
      expect(put.get(label ?? "") ?? cell).toBe(cell);
      put.set(label ?? "", cell ?? "");
    };
    world.store.dial = (...asked) => {
      const socket = dial(...asked);
      return { send: (frame) => (seen(frame), socket.send(frame)), close: () => socket.close() };
    };
    world.store.cut();
    await world.clock.advance(10_000);
    for (let i = 0; i < 5; i++) {
      world.store.knobs.losePuts = 1;
      await alice.say("Bob", `taken back ${i}`);
      await world.clock.advance(200);
      await alice.engine.forgetMessage({ message: await ownText(alice, "Bob") });
      await alice.restart();
      await alice.say("Bob", `kept ${i}`);
      await world.clock.advance(MINUTE);
    }
    await world.until(async () => (await bob.heard("Alice")).length === 5);
    expect(put.size).toBeGreaterThan(10);
    expect(await lines(bob, "Alice", "gap")).toBe(0);
  });

  test("leaves a receipt that rode in it waiting, and the next slot with a decoy until there are new keys", async () => {
    const people = await settledFriends();
    const { world, alice, bob } = people;
    await bob.say("Alice", "acknowledge this");
    await heardAll(people, 0, 1);
    world.store.knobs.losePuts = 1;
    await alice.say("Bob", "taken back");
    await world.clock.advance(200);
    await alice.engine.forgetMessage({ message: await ownText(alice, "Bob") });
    await alice.restart();
    await world.clock.advance(2 * DAY);
    expect(await statesOf(bob, "Alice")).toEqual(["acknowledge this: delivered"]);
    expect(await lines(bob, "Alice", "gap")).toBe(0);
  });
});

describe("what the store has dropped before its reader came", () => {
  test("is sent again, however old, and its reader is told that something may be missing", async () => {
    const people = await settledFriends();
    const { world, alice, bob } = people;
    await bob.engine.close();
    await alice.say("Bob", "the first of a long absence");
    await world.clock.advance(MINUTE);
    await daysOff(world, 5, [alice]);
    await alice.say("Bob", "five days later");
    await world.clock.advance(MINUTE);
    await daysOff(world, 35, [alice]);
    expect(await statesOf(alice, "Bob")).toEqual([
      "the first of a long absence: not_received",
      "five days later: not_received",
    ]);
    world.store.expireBefore(world.store.next());
    await bob.start(bob.disk);
    await heardAll(people, 2, 0);
    await world.clock.advance(MINUTE);
    expect(await bob.heard("Alice")).toEqual(["the first of a long absence", "five days later"]);
    expect(await lines(bob, "Alice", "away")).toBe(1);
    expect(await statesOf(alice, "Bob")).toEqual([
      "the first of a long absence: delivered",
      "five days later: delivered",
    ]);
  });

  test("did not arrive as long as nobody comes: never one mark for ever, and it can be sent again", async () => {
    const people = await settledFriends();
    const { world, alice, bob } = people;
    await bob.engine.close();
    await alice.say("Bob", "is anybody there?");
    await world.clock.advance(MINUTE);
    await daysOff(world, 30, [alice]);
    expect(await statesOf(alice, "Bob")).toEqual(["is anybody there?: sent"]);
    await world.clock.advance(1.1 * DAY);
    expect(await statesOf(alice, "Bob")).toEqual(["is anybody there?: not_received"]);
    await alice.engine.resend({ message: await ownText(alice, "Bob") });
    await world.clock.advance(MINUTE);
    expect(await statesOf(alice, "Bob")).toEqual(["is anybody there?: sent"]);
    await daysOff(world, 29, [alice]);
    expect(await statesOf(alice, "Bob")).toEqual(["is anybody there?: sent"]);
    await daysOff(world, 3, [alice]);
    expect(await statesOf(alice, "Bob")).toEqual(["is anybody there?: not_received"]);
  });

  test("is not given up by a clock that is a year ahead, or before what came has been read", async () => {
    const people = await settledFriends();
    const { world, alice, bob } = people;
    await alice.say("Bob", "soon");
    await heardAll(people, 1, 0);
    await alice.engine.close();
    await world.clock.advance(MINUTE); // Bob acknowledges meanwhile
    await daysOff(world, 40, [bob], [alice]);
    expect(await statesOf(alice, "Bob")).toEqual(["soon: delivered"]);
    await alice.say("Bob", "again");
    world.store.takeDown();
    world.clock.set(world.clock.now() + 365 * DAY);
    world.store.knobs.clockAhead = -365 * 86_400;
    world.store.bringUp();
    await world.clock.advance(3 * 3_600_000);
    expect((await statesOf(alice, "Bob")).at(-1)).not.toContain("not_received");
  });

  test("is sent again in a bounded number: the others did not arrive", async () => {
    const people = await settledFriends();
    const { world, alice, bob } = people;
    await bob.engine.close();
    const { id } = await alice.conversationWith("Bob");
    for (let i = 0; i < 1_010; i++) await alice.engine.sendText({ conversation: id, text: `${i}` });
    await world.clock.advance(MINUTE);
    await daysOff(world, 35, [alice]);
    world.store.expireBefore(world.store.next());
    await bob.start(bob.disk);
    await world.clock.advance(5 * MINUTE);
    expect(
      (await rowsOf(copyDisk(alice.disk), "SELECT count(*) AS n FROM messages WHERE error = 'not_received'"))[0],
    ).toEqual({ n: 10 });
    expect(
      (
        await rowsOf(copyDisk(bob.disk), "SELECT min(CAST(text AS INTEGER)) AS first FROM messages WHERE kind = 'text'")
      )[0],
    ).toEqual({ first: 10 });
  });

  test("in a group comes from who brings the reader back, who is told that something may be missing", async () => {
    const world = createWorld();
    const [ana, bo, cy] = [await world.person("Ana"), await world.person("Bo"), await world.person("Cy")];
    for (const other of [bo, cy]) await pair(world, ana, other);
    await foundGroup(world, [ana, bo, cy], "Choir");
    await world.clock.advance(MINUTE);
    await cy.engine.close();
    await write(bo, "on the first day");
    await world.clock.advance(MINUTE);
    await daysOff(world, 60, [ana, bo]);
    world.store.expireBefore(world.store.next());
    await cy.start(cy.disk);
    await world.until(async () => (await textsIn(cy)).includes("on the first day"), "the text");
    expect((await messagesIn(cy)).filter(({ body }) => body.kind === "away")).toHaveLength(1);
  });
});

describe("people who pair again", () => {
  test("have each message once, and its author learns that it came", async () => {
    const people = await settledFriends();
    const { world, alice, bob } = people;
    await alice.say("Bob", "did you get it?");
    await heardAll(people, 1, 0);
    world.store.takeDown();
    await alice.say("Bob", "written off line");
    await world.clock.advance(MINUTE);
    world.store.bringUp();
    await world.clock.advance(0);
    await pair(world, bob, alice);
    await world.clock.advance(5 * MINUTE);
    expect(await bob.heard("Alice")).toEqual(["did you get it?", "written off line"]);
    expect(await statesOf(alice, "Bob")).toEqual(["did you get it?: delivered", "written off line: delivered"]);
    await bob.engine.forgetMessage({ message: await theirText(bob, "Alice") });
    await pair(world, alice, bob);
    await alice.say("Bob", "a third time");
    await world.until(async () => (await bob.heard("Alice")).includes("a third time"));
    expect(await bob.heard("Alice")).toEqual(["did you get it?", "a third time"]);
  });

  test("have each message once when one of them had forgotten the other", async () => {
    const world = createWorld();
    const [alice, bob] = [await world.person("Alice"), await world.person("Bob")];
    const copy = copyDisk(bob.disk);
    await pair(world, alice, bob);
    await world.clock.advance(MINUTE);
    await bob.restart(copy);
    await alice.say("Bob", "who are you now?");
    await world.clock.advance(MINUTE);
    await pair(world, bob, alice);
    await world.clock.advance(5 * MINUTE);
    expect(await bob.heard("Alice")).toEqual(["who are you now?"]);
    expect(await statesOf(alice, "Bob")).toEqual(["who are you now?: delivered"]);
  });
});
