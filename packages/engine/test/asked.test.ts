import type { GroupQuestionView } from "@pli/engine/api";
import { createCrypto } from "@pli/protocol/crypto";
import type { GroupControl } from "@pli/protocol/group";
import { MemoryStore, copyDisk, createWorld, pair, type Person, type World } from "@pli/testkit";
import { describe, expect, test } from "vitest";
import { agreed, changesIn, contactId, groupOf, mustBeIn, namesIn, textsIn, write } from "./support/groups.ts";
import { acquaint, rowsOf } from "./support/friends.ts";
import { createHostile } from "./support/hostile.ts";
import { createPuppet, invitationToNothing } from "./support/puppet.ts";

const DAY_MS = 86_400_000;

interface Asked {
  readonly world: World;
  readonly alice: Person;
  readonly bob: Person;
}

/** Bob wants to be asked; Alice, as everybody else, need not be. */
async function asked(): Promise<Asked> {
  const world = createWorld();
  const alice = await world.person("Alice");
  const bob = await world.person("Bob", {}, { isAsked: true });
  await pair(world, alice, bob);
  await world.clock.advance(60_000);
  return { world, alice, bob };
}

const questionsOf = (person: Person): Promise<GroupQuestionView[]> => person.read("groupQuestions", {});

function question(world: World, person: Person): Promise<GroupQuestionView> {
  return world.until(async () => (await questionsOf(person)).find(({ over }) => over === undefined), "the question");
}

async function answer(world: World, person: Person, accept: boolean): Promise<void> {
  await person.engine.answerGroupQuestion({ question: (await question(world, person)).id, accept });
}

async function found(founder: Person, name: string, ...others: readonly Person[]): Promise<string> {
  const contacts = await Promise.all(others.map((other) => contactId(founder, other.name)));
  return (await founder.engine.createGroup({ name, contacts })).conversation;
}

const groupsOf = async (person: Person): Promise<number> =>
  (await person.read("conversations", {})).filter(({ kind }) => kind === "group").length;

describe("somebody who is asked", () => {
  test("is told who asks, into which group, and how many are in it; nothing is there before the yes", async () => {
    const { world, alice, bob } = await asked();
    const { get } = world.store.seen;
    await found(alice, "Chorale", bob);
    const shown = await question(world, bob);
    expect(shown).toMatchObject({ from: { name: "Alice" }, why: "offered", name: "Chorale", members: 1 });
    expect(shown).not.toHaveProperty("store");
    await world.clock.advance(3_600_000);
    expect(await groupsOf(bob)).toBe(0);
    expect(world.store.seen.get).toBe(get);
    expect(namesIn(await groupOf(alice))).toEqual(["Alice"]);
    expect((await mustBeIn(alice)).pending).toMatchObject([{ operation: { kind: "add" }, waitsFor: "answer" }]);
  });

  test("is asked from the first moment on", async () => {
    const world = createWorld();
    const alice = await world.person("Alice");
    const bob = await world.person("Bob", {}, { isAsked: true });
    await pair(world, alice, bob);
    await found(alice, "Chorale", bob);
    expect(await question(world, bob)).toMatchObject({ why: "offered", name: "Chorale" });
  });

  test("comes in with a yes, and is asked no more about this group", async () => {
    const { world, alice, bob } = await asked();
    await found(alice, "Chorale", bob);
    await answer(world, bob, true);
    await agreed(world, [alice, bob]);
    expect(await questionsOf(bob)).toEqual([]);
    await write(alice, "welcome");
    await world.until(async () => (await textsIn(bob)).includes("welcome"));
    expect((await changesIn(alice)).map(({ what }) => what)).toEqual(["created", "added"]);
  });

  test("stays out with a no, which the other reads in the history; nothing is stuck", async () => {
    const { world, alice, bob } = await asked();
    await found(alice, "Chorale", bob);
    await answer(world, bob, false);
    await world.until(async () => (await mustBeIn(alice)).pending.length === 0);
    expect((await changesIn(alice)).at(-1)).toMatchObject({
      what: "dropped",
      operation: { kind: "add", who: [{ name: "Bob" }] },
      why: "offer_declined",
    });
    expect(await questionsOf(bob)).toEqual([]);
    expect(await groupsOf(bob)).toBe(0);
  });

  test("can be asked again after a no", async () => {
    const { world, alice, bob } = await asked();
    const conversation = await found(alice, "Chorale", bob);
    await answer(world, bob, false);
    await world.until(async () => (await mustBeIn(alice)).pending.length === 0);
    await alice.engine.addToGroup({ conversation, contacts: [await contactId(alice, "Bob")] });
    await answer(world, bob, true);
    await agreed(world, [alice, bob]);
  });

  test("does not keep others waiting who need not be asked", async () => {
    const { world, alice, bob } = await asked();
    const carol = await world.person("Carol");
    await pair(world, alice, carol);
    await world.clock.advance(60_000);
    await found(alice, "Chorale", bob, carol);
    await world.until(async () => namesIn(await groupOf(carol)).join() === "Alice,Carol");
    await answer(world, bob, false);
    await world.until(async () => (await mustBeIn(alice)).pending.length === 0);
    expect((await changesIn(alice)).map(({ what }) => what)).toEqual(["created", "added", "dropped"]);
    expect((await changesIn(carol)).map(({ what }) => what)).toEqual(["joined"]);
  });

  test("is asked no more when the other takes it back", async () => {
    const { world, alice, bob } = await asked();
    const conversation = await found(alice, "Chorale", bob);
    const { id } = await question(world, bob);
    const [change] = (await mustBeIn(alice)).pending;
    await alice.engine.cancelChange({ conversation, change: change?.id ?? "" });
    const over = await world.until(async () => (await questionsOf(bob)).find((one) => one.over === "withdrawn"));
    await expect(bob.engine.answerGroupQuestion({ question: id, accept: true })).rejects.toMatchObject({
      code: "question_unknown",
    });
    await bob.engine.answerGroupQuestion({ question: over.id, accept: false });
    expect(await questionsOf(bob)).toEqual([]);
  });

  test("who does not answer within two weeks is asked no more, and both are told", async () => {
    const { world, alice, bob } = await asked();
    await found(alice, "Chorale", bob);
    await question(world, bob);
    await world.clock.advance(14 * DAY_MS + 2 * 3_600_000);
    expect(await questionsOf(bob)).toMatchObject([{ name: "Chorale", over: "unanswered" }]);
    expect((await mustBeIn(alice)).pending).toEqual([]);
    expect((await changesIn(alice)).at(-1)).toMatchObject({ what: "dropped", why: "offer_unanswered" });
    await world.clock.advance(8 * DAY_MS);
    expect(await questionsOf(bob)).toEqual([]);
  });

  test("waits for whom asked, sees it, and can take the yes back", async () => {
    const { world, alice, bob } = await asked();
    await found(alice, "Chorale", bob);
    await question(world, bob);
    await alice.engine.close();
    await answer(world, bob, true);
    const group = (await bob.read("conversations", {})).find(({ kind }) => kind === "group");
    expect(group).toMatchObject({ name: "Chorale", state: "joining", joining: { waitsFor: "inviter" } });
    await bob.engine.deleteConversation({ conversation: group?.id ?? "" });
    expect(await groupsOf(bob)).toBe(0);
    await world.clock.advance(60_000);
    await alice.start(alice.disk);
    await world.clock.advance(120_000);
    expect(await groupsOf(bob)).toBe(0);
    expect(await questionsOf(bob)).toEqual([]);
    expect(namesIn(await groupOf(alice))).toEqual(["Alice"]);
  });

  test("is let in though both stopped meanwhile", async () => {
    const { world, alice, bob } = await asked();
    await found(alice, "Chorale", bob);
    await question(world, bob);
    await bob.restart();
    await alice.restart();
    await answer(world, bob, true);
    await bob.restart();
    await agreed(world, [alice, bob]);
  });

  test("who has left is asked before they are in it again, and comes back with a yes", async () => {
    const { world, alice, bob } = await asked();
    const conversation = await found(alice, "Chorale", bob);
    await answer(world, bob, true);
    await agreed(world, [alice, bob]);
    await bob.engine.leaveGroup({ conversation: (await mustBeIn(bob)).id });
    await world.until(async () => namesIn(await groupOf(alice)).join() === "Alice", "Bob has left");
    await world.clock.advance(600_000);
    await alice.engine.addToGroup({ conversation, contacts: [await contactId(alice, "Bob")] });
    await question(world, bob);
    expect((await groupOf(bob))?.state).toBe("left");
    await answer(world, bob, true);
    await agreed(world, [alice, bob]);
    expect(await groupsOf(bob)).toBe(1);
  });

  test("comes in by another member where who asked keeps the welcome", async () => {
    const world = createWorld();
    const hostile = createHostile(await createCrypto());
    const alice = await world.person("Alice");
    const mallory = await world.person("Mallory", {}, { groups: hostile.groups });
    const bob = await world.person("Bob", {}, { isAsked: true });
    await acquaint(world, [alice, mallory, bob]);
    await found(mallory, "Chorale", alice);
    await agreed(world, [alice, mallory]);
    await world.clock.advance(150_000);
    hostile.invites = () => undefined;
    const { id: conversation } = await mustBeIn(mallory);
    await mallory.engine.addToGroup({ conversation, contacts: [await contactId(mallory, "Bob")] });
    await answer(world, bob, true);
    await agreed(world, [alice, mallory, bob]);
    expect(await questionsOf(bob)).toEqual([]);
  });

  test("is asked by the new conversation where a store lost the old one with the question or its answer", async () => {
    const { world, alice, bob } = await asked();
    await found(alice, "Chorale", bob);
    await question(world, bob);
    await bob.engine.close();
    world.store.replace();
    await bob.start(bob.disk);
    await answer(world, bob, true);
    await world.until(async () => (await groupOf(bob))?.state === "ready", "in", 3_600_000);
    expect(await questionsOf(bob)).toEqual([]);
  });

  test("who was on the way since a version that did not ask is asked afterwards", async () => {
    const { world, bob, mallory, dialled, say, invitation } = await hostile();
    await bob.engine.changeSettings({ askBeforeGroups: false });
    const { conversation, ...place } = invitation("https://store.example");
    await say({ name: "group-offer", conversation, title: "Chorale", store: place.store, members: 3 });
    await answer(world, bob, true);
    await say({ ...place, conversation });
    await mallory.engine.close();
    await bob.engine.close();
    await rowsOf(
      bob.disk,
      "DELETE FROM meta WHERE key LIKE 'way %' OR key LIKE 'accepted %' OR key = 'askBeforeGroups'",
    );
    dialled.length = 0;
    await bob.start(bob.disk);
    await world.clock.advance(60_000);
    expect(await groupsOf(bob)).toBe(0);
    expect(await question(world, bob)).toMatchObject({ why: "added", store: "https://store.example" });
    await world.clock.advance(DAY_MS);
    await bob.restart();
    await world.clock.advance(60_000);
    expect(dialled).toEqual([]);
  });

  test("is not asked to come back", async () => {
    const { world, alice, bob } = await asked();
    await found(alice, "Chorale", bob);
    await answer(world, bob, true);
    await agreed(world, [alice, bob]);
    const before = copyDisk(bob.disk);
    await write(bob, "one more");
    await world.until(async () => (await textsIn(alice)).includes("one more"));
    await bob.restart(before);
    await world.until(async () => (await groupOf(bob))?.state === "rejoining", "lost");
    await agreed(world, [alice, bob]);
    expect(await questionsOf(bob)).toEqual([]);
  });

  test("is not asked where they do not want to be", async () => {
    const { world, alice, bob } = await asked();
    await bob.engine.changeSettings({ askBeforeGroups: false });
    await world.clock.advance(60_000);
    await found(alice, "Chorale", bob);
    await agreed(world, [alice, bob]);
    expect(await questionsOf(bob)).toEqual([]);
    await bob.engine.changeSettings({ askBeforeGroups: true });
    await world.clock.advance(60_000);
    await found(alice, "Budget", bob);
    expect(await question(world, bob)).toMatchObject({ name: "Budget" });
  });
});

describe("a store that the person does not know", () => {
  async function elsewhere(origin: string): Promise<Asked & { dialled: string[] }> {
    const world = createWorld();
    const other = new MemoryStore({ clock: world.clock, origin });
    world.stores.push(other);
    const dialled: string[] = [];
    const dial = other.dial.bind(other);
    other.dial = (url, protocol, events) => {
      dialled.push(url);
      return dial(url, protocol, events);
    };
    const alice = await world.person("Alice", {}, { store: other });
    const bob = await world.person("Bob", {}, { isAsked: true });
    // Bob invites: the two talk at Bob's store.
    await pair(world, bob, alice);
    await world.clock.advance(60_000);
    return { world, alice, bob, dialled };
  }

  test("is named in the question, and called after the yes", async () => {
    const { world, alice, bob, dialled } = await elsewhere("https://store.example");
    const before = dialled.length;
    await found(alice, "Chorale", bob);
    expect(await question(world, bob)).toMatchObject({ store: "https://store.example" });
    await world.clock.advance(DAY_MS);
    expect(dialled.length).toBe(before);
    await answer(world, bob, true);
    await agreed(world, [alice, bob]);
    expect(dialled.length).toBeGreaterThan(before);
  });

  test("is a question also for who is added without asking", async () => {
    const { world, alice, bob } = await elsewhere("https://store.example");
    await bob.engine.changeSettings({ askBeforeGroups: false });
    await world.clock.advance(60_000);
    await found(alice, "Chorale", bob);
    expect(await question(world, bob)).toMatchObject({ why: "added", store: "https://store.example" });
    await answer(world, bob, true);
    await agreed(world, [alice, bob]);
  });

  test("is not called within a network, whatever the person says", async () => {
    const { world, alice, bob, dialled } = await elsewhere("http://192.168.0.7:7540");
    const before = dialled.length;
    await found(alice, "Chorale", bob);
    const { id, isPrivate } = await question(world, bob);
    expect(isPrivate).toBe(true);
    await expect(bob.engine.answerGroupQuestion({ question: id, accept: true })).rejects.toMatchObject({
      code: "store_private",
    });
    await world.clock.advance(DAY_MS);
    expect(dialled.length).toBe(before);
  });

  test("is called within the network where the home store is", async () => {
    const world = createWorld();
    const [one, other] = ["http://192.168.0.7:7540", "http://10.0.0.3:7540"].map(
      (origin) => new MemoryStore({ clock: world.clock, origin }),
    ) as [MemoryStore, MemoryStore];
    world.stores.push(one, other);
    const alice = await world.person("Alice", {}, { store: one });
    const bob = await world.person("Bob", {}, { store: other, isAsked: true });
    await pair(world, bob, alice);
    await found(alice, "Chorale", bob);
    await answer(world, bob, true);
    await agreed(world, [alice, bob]);
  });

  test("that never answers is called less and less often, and given up after a week", async () => {
    const { world, mallory, bob, dialled, say, invitation } = await hostile();
    const { conversation, ...place } = invitation("https://store.example");
    await say({ name: "group-offer", conversation, title: "Chorale", store: place.store, members: 3 });
    await answer(world, bob, true);
    await say({ ...place, conversation });
    await world.clock.advance(DAY_MS);
    const first = dialled.length;
    expect(first).toBeGreaterThan(20);
    expect(first).toBeLessThan(150);
    expect(await bob.read("conversations", {})).toContainEqual(
      expect.objectContaining({
        joining: expect.objectContaining({ waitsFor: "store", store: "https://store.example" }),
      }),
    );
    await world.clock.advance(DAY_MS);
    expect(dialled.length - first).toBeLessThan(20);
    // Another invitation does not make it longer.
    await say({ ...place, conversation });
    await world.clock.advance(5 * DAY_MS + 2 * 3_600_000);
    expect(await groupsOf(bob)).toBe(0);
    expect(await questionsOf(bob)).toMatchObject([{ over: "failed", store: "https://store.example" }]);
    dialled.length = 0;
    await world.clock.advance(DAY_MS);
    expect(dialled).toEqual([]);
    await mallory.engine.close();
  });

  test("is forgotten when the person says so", async () => {
    const { world, alice, bob, dialled } = await elsewhere("https://store.example");
    await found(alice, "Chorale", bob);
    await question(world, bob);
    world.stores[0]?.takeDown();
    await answer(world, bob, true);
    await world.clock.advance(60_000);
    const group = (await bob.read("conversations", {})).find(({ kind }) => kind === "group");
    await bob.engine.deleteConversation({ conversation: group?.id ?? "" });
    await world.clock.advance(1_000);
    dialled.length = 0;
    await alice.engine.close();
    await world.clock.advance(DAY_MS);
    expect(dialled).toEqual([]);
  });
});

/**
 * Mallory, whose device says whatever is put into its mouth, and Bob, who wants to be asked.
 * `dialled`: what is not the home store.
 */
async function hostile() {
  const world = createWorld();
  const crypto = await createCrypto();
  const puppet = createPuppet(crypto);
  const dialled: string[] = [];
  const dial = world.store.dial.bind(world.store);
  world.store.dial = (url, protocol, events) => {
    if (url !== "ws://127.0.0.1:7540/v1") dialled.push(url);
    return dial(url, protocol, events);
  };
  const bob = await world.person("Bob", {}, { isAsked: true });
  const mallory = await world.person("Mallory", {}, { groups: puppet.groups });
  await pair(world, bob, mallory);
  await world.clock.advance(60_000);
  const invitation = (store: string) => invitationToNothing(crypto, store);
  const say = async (...controls: GroupControl[]): Promise<void> => {
    await puppet.tell(mallory, "Bob", controls);
    await world.clock.advance(60_000);
  };
  return { world, bob, mallory, puppet, dialled, invitation, say };
}

describe("a contact who keeps to no protocol", () => {
  const EVERYWHERE = ["https://store.example", "http://203.0.113.7:8080", "http://192.168.0.1", "http://10.1:631"];
  const NOWHERE = ["http://[fd00::1]:22", "http://intranet", "http://169.254.169.254", "http://0x0a000001"];

  test("does not make the device call anything, nor fetch anything, by invitations that nobody has accepted", async () => {
    const { world, bob, dialled, invitation, say } = await hostile();
    const { get } = world.store.seen;
    await say(...[...EVERYWHERE, ...NOWHERE, "http://127.0.0.1:7540"].map(invitation));
    await world.clock.advance(DAY_MS);
    await bob.restart();
    await world.clock.advance(60_000);
    expect(dialled).toEqual([]);
    expect(world.store.seen.get).toBe(get);
    expect(await groupsOf(bob)).toBe(0);
    expect(await questionsOf(bob)).toHaveLength(8);
    const near = (await questionsOf(bob)).filter(({ store = "" }) => !EVERYWHERE.slice(0, 2).includes(store));
    expect(near).toHaveLength(6);
    for (const { id } of near) {
      const accepting = bob.engine.answerGroupQuestion({ question: id, accept: true });
      await expect(accepting).rejects.toMatchObject({ code: "store_private" });
    }
  });

  test("nor of somebody who is added without asking", async () => {
    const { world, bob, dialled, invitation, say } = await hostile();
    await bob.engine.changeSettings({ askBeforeGroups: false });
    await say(...[...EVERYWHERE, ...NOWHERE].map(invitation));
    await world.clock.advance(DAY_MS);
    expect(dialled).toEqual([]);
  });

  test("is asked about one store and leads to another: that is another question", async () => {
    const { world, bob, dialled, invitation, say } = await hostile();
    const { conversation, ...place } = invitation("https://other.example");
    const offer = { name: "group-offer", conversation, title: "Chorale", members: 3 } as const;
    await say({ ...offer, store: "https://store.example" });
    await answer(world, bob, true);
    await say({ ...place, conversation });
    expect(await question(world, bob)).toMatchObject({ why: "moved", store: "https://other.example" });
    expect(dialled.filter((url) => url.includes("other"))).toEqual([]);
  });

  test("changes the question under the finger: the answer to the one before does not count", async () => {
    const { world, bob, dialled, invitation, say } = await hostile();
    const { conversation } = invitation("https://store.example");
    const offer = { name: "group-offer", conversation, title: "Chorale", members: 3 } as const;
    await say({ ...offer, store: "http://127.0.0.1:7540" });
    const { id } = await question(world, bob);
    await say({ ...offer, store: "https://store.example" });
    await expect(bob.engine.answerGroupQuestion({ question: id, accept: true })).rejects.toMatchObject({
      code: "question_unknown",
    });
    expect(await questionsOf(bob)).toHaveLength(1);
    expect(dialled).toEqual([]);
  });

  test("has a way into a group ended by being blocked, and its store is called no more", async () => {
    const { world, bob, dialled, invitation, say } = await hostile();
    const { conversation, ...place } = invitation("https://store.example");
    await say({ name: "group-offer", conversation, title: "Chorale", store: place.store, members: 3 });
    await answer(world, bob, true);
    await say({ ...place, conversation });
    expect(dialled.length).toBeGreaterThan(0);
    await bob.engine.block({ contact: await contactId(bob, "Mallory"), blocked: true });
    await world.clock.advance(1_000);
    dialled.length = 0;
    expect(await groupsOf(bob)).toBe(0);
    await world.clock.advance(DAY_MS);
    await bob.restart();
    await world.clock.advance(60_000);
    expect(dialled).toEqual([]);
  });

  test("puts somebody into a group without asking: no takes them out of it again, for all", async () => {
    const world = createWorld();
    const [alice, carol] = [await world.person("Alice"), await world.person("Carol")];
    const bob = await world.person("Bob", {}, { isAsked: true });
    await acquaint(world, [alice, carol]);
    await pair(world, bob, alice);
    await world.clock.advance(60_000);
    // Alice's device has forgotten that Bob wants to be asked.
    await alice.engine.close();
    await rowsOf(alice.disk, "DELETE FROM meta WHERE key LIKE 'asks %'");
    await alice.start(alice.disk);
    await found(alice, "Chorale", bob, carol);
    expect(await question(world, bob)).toMatchObject({ why: "added", from: { name: "Alice" } });
    await answer(world, bob, false);
    await world.until(async () => namesIn(await groupOf(carol)).join() === "Alice,Carol");
    expect(await groupsOf(bob)).toBe(0);
    await world.clock.advance(DAY_MS);
    expect(await questionsOf(bob)).toEqual([]);
  });

  test("puts somebody into a group and keeps the welcome: others who say so are asked about, not followed", async () => {
    const world = createWorld();
    const crypto = await createCrypto();
    const puppet = createPuppet(crypto);
    const [alice, carol] = [await world.person("Alice"), await world.person("Carol", {}, { groups: puppet.groups })];
    const bob = await world.person("Bob", {}, { isAsked: true });
    await acquaint(world, [alice, bob, carol]);
    await found(alice, "Chorale", carol);
    await world.until(async () => (await groupOf(carol))?.state === "ready");
    const { groupId: group } = puppet.leaf();
    await puppet.tell(carol, "Bob", [
      { name: "group-state", conversation: crypto.random(32), group, epochs: [{ epoch: 3, mark: crypto.random(16) }] },
    ]);
    expect(await question(world, bob)).toMatchObject({ why: "listed", from: { name: "Carol" } });
    await answer(world, bob, false);
    await world.clock.advance(600_000);
    expect(await questionsOf(bob)).toEqual([]);
    expect(await groupsOf(bob)).toBe(0);
  });
});

describe("a contact who asks too much", () => {
  test("has so many questions open, and no more", async () => {
    const { world, alice, bob } = await asked();
    for (let i = 0; i < 20; i++) await found(alice, `Spam ${i}`, bob);
    await world.clock.advance(600_000);
    expect(await questionsOf(bob)).toHaveLength(8);
    expect(await groupsOf(bob)).toBe(0);
  });

  test("gets no more of the person's attention in a day by asking again after each no", async () => {
    const { world, alice, bob } = await asked();
    let shown = 0;
    for (let i = 0; i < 30; i++) {
      await found(alice, `Spam ${i}`, bob);
      await world.clock.advance(30_000);
      for (const { id, over } of await questionsOf(bob)) {
        if (over !== undefined) continue;
        shown += 1;
        await bob.engine.answerGroupQuestion({ question: id, accept: false });
      }
    }
    expect(shown).toBe(8);
  });

  test("cannot keep others from asking, nor with others who ask too much", async () => {
    const world = createWorld();
    const bob = await world.person("Bob", {}, { isAsked: true });
    for (const name of ["Eve", "Mallory", "Oscar", "Trudy"]) {
      const one = await world.person(name);
      await pair(world, bob, one);
      for (let i = 0; i < 9; i++) await found(one, `${name} ${i}`, bob);
    }
    await world.clock.advance(60_000);
    expect(await questionsOf(bob)).toHaveLength(32);
    const alice = await world.person("Alice");
    await pair(world, bob, alice);
    await world.clock.advance(60_000);
    await found(alice, "Chorale", bob);
    await world.until(async () => (await questionsOf(bob)).some(({ name }) => name === "Chorale"));
    expect(await questionsOf(bob)).toHaveLength(32);
  });

  test("does not make the device answer without end", async () => {
    const { world, bob, say, invitation } = await hostile();
    await bob.engine.changeSettings({ askBeforeGroups: false });
    await world.clock.advance(60_000);
    const offers = Array.from({ length: 200 }, (): GroupControl => {
      const { conversation, store } = invitation("http://127.0.0.1:7540");
      return { name: "group-offer", conversation, title: "Chorale", store, members: 3 };
    });
    await say(...offers.slice(0, 100));
    const { put } = world.store.seen;
    await say(...offers.slice(100));
    expect(world.store.seen.put - put).toBeLessThan(100 + 20);
  });

  test("has nothing left here when blocked", async () => {
    const { world, alice, bob } = await asked();
    await found(alice, "One", bob);
    await question(world, bob);
    await alice.engine.close();
    await answer(world, bob, true);
    await alice.start(alice.disk);
    await bob.engine.block({ contact: await contactId(bob, "Alice"), blocked: true });
    await found(alice, "Two", bob);
    await world.clock.advance(600_000);
    expect(await questionsOf(bob)).toEqual([]);
    expect(await groupsOf(bob)).toBe(0);
  });

  test("is blocked while the question is open", async () => {
    const { world, alice, bob } = await asked();
    await found(alice, "One", bob);
    await question(world, bob);
    await bob.engine.block({ contact: await contactId(bob, "Alice"), blocked: true });
    expect(await questionsOf(bob)).toEqual([]);
  });
});
