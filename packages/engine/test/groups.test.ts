import type { EngineOptions } from "@pli/engine";
import { copyDisk, createWorld, pair, type Person, type World } from "@pli/testkit";
import { describe, expect, test } from "vitest";
import { rowsOf } from "./support/friends.ts";
import {
  changesIn,
  contactId,
  foundGroup,
  groupOf,
  heard,
  memberId,
  messagesIn,
  mustBeIn,
  namesIn,
  textsIn,
  write,
} from "./support/groups.ts";

/** People who all know each other, by name. */
const friends = (...names: readonly string[]): Promise<{ world: World; people: Person[] }> => friendsWith({}, ...names);

async function friendsWith(
  options: Partial<EngineOptions>,
  ...names: readonly string[]
): Promise<{ world: World; people: Person[] }> {
  const world = createWorld();
  const people: Person[] = [];
  for (const name of names) {
    const person = await world.person(name, options);
    for (const other of people) await pair(world, other, person);
    people.push(person);
  }
  await world.clock.advance(30_000);
  return { world, people };
}

describe("a group", () => {
  test("is founded with contacts, everybody writes and everybody reads, once", async () => {
    const { world, people } = await friends("Alice", "Bertrand", "Chloé");
    const [alice, bertrand, chloe] = people as [Person, Person, Person];
    await foundGroup(world, [alice, bertrand, chloe], "Rédaction");
    await write(alice, "bonjour");
    await write(bertrand, "salut");
    await write(chloe, "me voici");
    await heard(world, people, ["bonjour", "salut", "me voici"]);
    for (const person of people) expect(await textsIn(person)).toHaveLength(3);
    expect(namesIn(await groupOf(chloe))).toEqual(["Alice", "Bertrand", "Chloé"]);
    expect(await changesIn(bertrand)).toContainEqual({ what: "joined" });
  });

  test("people who are no contacts of each other know each other by name", async () => {
    const world = createWorld();
    const [alice, bertrand, chloe] = [
      await world.person("Alice"),
      await world.person("Bertrand"),
      await world.person("Chloé"),
    ];
    await pair(world, alice, bertrand);
    await pair(world, alice, chloe);
    await world.clock.advance(30_000);
    await foundGroup(world, [alice, bertrand, chloe], "Projet");
    await write(chloe, "bonjour Bertrand");
    await heard(world, [bertrand], ["bonjour Bertrand"]);
    const message = (await messagesIn(bertrand)).find(({ body }) => body.kind === "text");
    expect(message?.fromName).toBe("Chloé");
    const member = (await mustBeIn(bertrand)).members.find(({ name }) => name === "Chloé");
    expect(member).toMatchObject({ level: 1, isContact: false });
  });

  test("whoever is put out reads nothing later, and the others go on", async () => {
    const { world, people } = await friends("Alice", "Bertrand", "Chloé");
    const [alice, bertrand, chloe] = people as [Person, Person, Person];
    await foundGroup(world, [alice, bertrand, chloe], "Rédaction");
    await write(alice, "avant");
    await heard(world, people, ["avant"]);
    const { id } = await mustBeIn(alice);
    await alice.engine.removeFromGroup({ conversation: id, members: [await contactId(alice, "Chloé")] });
    await world.until(async () => (await groupOf(chloe))?.state === "left", "Chloé is out");
    await write(alice, "après");
    await heard(world, [alice, bertrand], ["après"]);
    await world.clock.advance(60_000);
    expect(await textsIn(chloe)).toEqual(["avant"]);
    await expect(write(chloe, "encore")).rejects.toMatchObject({ code: "not_in_group" });
    expect(namesIn(await groupOf(bertrand))).toEqual(["Alice", "Bertrand"]);
  });

  test("is renamed and described, roles are given, and the history says so to everyone", async () => {
    const { world, people } = await friends("Alice", "Bertrand", "Chloé");
    const [alice, bertrand, chloe] = people as [Person, Person, Person];
    await foundGroup(world, [alice, bertrand, chloe], "Rédaction");
    const { id } = await mustBeIn(alice);
    await alice.engine.setRole({ conversation: id, member: await contactId(alice, "Bertrand"), role: "admin" });
    await world.until(async () => (await groupOf(bertrand))?.role === "admin", "Bertrand is admin");
    await bertrand.engine.changeGroup({ conversation: (await mustBeIn(bertrand)).id, name: "Enquête" });
    await world.until(async () => (await groupOf(chloe))?.name === "Enquête", "the new name");
    const changes = await changesIn(chloe);
    expect(changes).toContainEqual({ what: "named", name: "Enquête" });
    expect(changes).toContainEqual(expect.objectContaining({ what: "role", role: "admin" }));
  });

  test("somebody is added later, and reads what comes from then on", async () => {
    const { world, people } = await friends("Alice", "Bertrand", "Chloé");
    const [alice, bertrand, chloe] = people as [Person, Person, Person];
    await foundGroup(world, [alice, bertrand], "Rédaction");
    await write(alice, "entre nous");
    await heard(world, [bertrand], ["entre nous"]);
    const { id } = await mustBeIn(alice);
    await alice.engine.addToGroup({ conversation: id, contacts: [await contactId(alice, "Chloé")] });
    await world.until(async () => (await groupOf(chloe))?.state === "ready", "Chloé is in");
    await write(bertrand, "bienvenue");
    await heard(world, people, ["bienvenue"]);
    expect(await textsIn(chloe)).toEqual(["bienvenue"]);
  });

  test("a key package that was used is replaced within an hour, and not when it was", async () => {
    const { world, people } = await friends("Alice", "Bertrand");
    const [alice, bertrand] = people as [Person, Person];
    const held = async (): Promise<unknown> =>
      (await rowsOf(copyDisk(alice.disk), "SELECT count(*) AS n FROM key_packages WHERE ours = 0"))[0]?.["n"];
    expect(await held()).toBe(3);
    await foundGroup(world, [alice, bertrand], "Rédaction");
    await world.clock.advance(600_000);
    expect(await held()).toBe(2);
    await world.clock.advance(3_600_000);
    expect(await held()).toBe(3);
  });

  test("one contact is brought into many groups at once, by a key package for each", async () => {
    const { world, people } = await friends("Alice", "Bertrand", "Chloé");
    const [alice] = people as [Person, Person, Person];
    const contacts = [await contactId(alice, "Bertrand"), await contactId(alice, "Chloé")];
    for (let i = 0; i < 10; i++) await alice.engine.createGroup({ name: `Groupe ${i}`, contacts });
    const everywhere = async (person: Person): Promise<boolean> => {
      const groups = (await person.read("conversations", {})).filter(({ kind }) => kind === "group");
      return groups.length === 10 && groups.every(({ state, members }) => state === "ready" && members === 3);
    };
    for (const person of people) await world.until(() => everywhere(person), `${person.name} is in all`, 600_000);
    const used = await rowsOf(
      copyDisk(alice.disk),
      "SELECT used_by FROM key_packages WHERE used_by IS NOT NULL AND ours = 0",
    );
    expect(used).toEqual([]);
  });

  test("what newcomers are told of others is the word of who brought them in, until its author says it", async () => {
    const { world, people } = await friendsWith({ receiptSlots: "never" }, "Alice", "Bertrand", "Chloé");
    const [alice, bertrand, chloe] = people as [Person, Person, Person];
    await foundGroup(world, [alice, bertrand], "Rédaction");
    const { id } = await mustBeIn(alice);
    await alice.engine.changeGroup({ conversation: id, newcomersRead: "week" });
    await world.until(async () => (await groupOf(bertrand))?.newcomersRead === "week", "the rule");
    await write(bertrand, "la veille");
    await heard(world, [alice, bertrand], ["la veille"]);
    const backup = copyDisk(bertrand.disk);
    await write(alice, "le matin");
    await heard(world, [alice, bertrand], ["le matin"]);
    await alice.engine.addToGroup({ conversation: id, contacts: [await contactId(alice, "Chloé")] });
    await world.until(async () => (await groupOf(chloe))?.state === "ready", "Chloé is in");
    await write(bertrand, "bienvenue");
    await heard(world, people, ["la veille", "le matin", "bienvenue"]);
    const told = async () =>
      (await messagesIn(chloe)).flatMap(({ body, fromName, fromRosterOf }) =>
        body.kind === "text" ? [[fromName, body.text, fromRosterOf?.name]] : [],
      );
    expect(await told()).toEqual([
      ["Bertrand", "la veille", "Alice"],
      ["Alice", "le matin", undefined],
      ["Bertrand", "bienvenue", undefined],
    ]);
    await bertrand.restart(backup); // and he says again what he cannot know to have arrived
    await world.until(async () => (await told())[0]?.[2] === undefined, "Bertrand says it himself");
    expect(await told()).toEqual([
      ["Bertrand", "la veille", undefined],
      ["Alice", "le matin", undefined],
      ["Bertrand", "bienvenue", undefined],
    ]);
  });

  test("what is written before a newcomer has joined is not missed", async () => {
    const { world, people } = await friends("Alice", "Bertrand", "Chloé");
    const [alice, bertrand, chloe] = people as [Person, Person, Person];
    await foundGroup(world, [alice, bertrand], "Rédaction");
    await chloe.engine.close();
    const { id } = await mustBeIn(alice);
    await alice.engine.addToGroup({ conversation: id, contacts: [await contactId(alice, "Chloé")] });
    await world.until(async () => namesIn(await groupOf(bertrand)).length === 3, "Chloé is added");
    await write(bertrand, "tôt");
    await alice.engine.changeGroup({ conversation: id, description: "tout" });
    await world.until(async () => (await groupOf(bertrand))?.description === "tout", "the description");
    await write(bertrand, "tard");
    await world.clock.advance(10_000);
    await chloe.start(chloe.disk);
    await heard(world, people, ["tôt", "tard"]);
    expect((await groupOf(chloe))?.description).toBe("tout");
  });

  test("somebody leaves; the last owner names another first", async () => {
    const { world, people } = await friends("Alice", "Bertrand", "Chloé");
    const [alice, bertrand, chloe] = people as [Person, Person, Person];
    await foundGroup(world, [alice, bertrand, chloe], "Rédaction");
    const own = await mustBeIn(alice);
    expect(own.leaveNeedsSuccessor).toBe(true);
    await expect(alice.engine.leaveGroup({ conversation: own.id })).rejects.toMatchObject({ code: "owner_needed" });
    await alice.engine.leaveGroup({ conversation: own.id, successor: await memberId(alice, "Bertrand") });
    await world.until(async () => (await groupOf(alice))?.state === "left", "Alice has left");
    await world.until(
      async () => namesIn(await groupOf(chloe)).length === 2 && (await groupOf(bertrand))?.role === "owner",
      "the others know",
    );
    expect((await changesIn(chloe)).map(({ what }) => what)).toContain("left");
    await write(chloe, "sans elle");
    await heard(world, [bertrand, chloe], ["sans elle"]);
    expect(await textsIn(alice)).toEqual([]);
    await alice.engine.deleteConversation({ conversation: own.id });
    expect(await groupOf(alice)).toBeUndefined();
  });

  test("a successor who is put out in the same moment does not keep the owner for ever", async () => {
    const { world, people } = await friends("Alice", "Bertrand", "Chloé");
    const [alice, bertrand, chloe] = people as [Person, Person, Person];
    await foundGroup(world, [alice, bertrand, chloe], "Rédaction");
    const { id } = await mustBeIn(alice);
    const successor = await memberId(alice, "Bertrand");
    await alice.engine.removeFromGroup({ conversation: id, members: [successor] });
    await alice.engine.leaveGroup({ conversation: id, successor });
    await world.until(async () => (await mustBeIn(alice)).pending.length === 0, "nothing waits");
    expect(await changesIn(alice)).toContainEqual(expect.objectContaining({ what: "dropped", why: "already_removed" }));
    await alice.engine.leaveGroup({ conversation: id, successor: await memberId(alice, "Chloé") });
    await world.until(async () => (await groupOf(alice))?.state === "left", "Alice has left");
    expect((await mustBeIn(chloe)).role).toBe("owner");
  });

  test("readers read; where only admins write, members do not", async () => {
    const { world, people } = await friends("Alice", "Bertrand", "Chloé");
    const [alice, bertrand, chloe] = people as [Person, Person, Person];
    await foundGroup(world, [alice, bertrand, chloe], "Annonces");
    const { id } = await mustBeIn(alice);
    await alice.engine.setRole({ conversation: id, member: await contactId(alice, "Chloé"), role: "reader" });
    await world.until(async () => (await groupOf(chloe))?.role === "reader", "Chloé reads");
    await expect(write(chloe, "non")).rejects.toMatchObject({ code: "not_allowed" });
    await alice.engine.changeGroup({ conversation: id, whoWrites: "admins" });
    await world.until(async () => (await groupOf(bertrand))?.whoWrites === "admins", "only admins write");
    await expect(write(bertrand, "non")).rejects.toMatchObject({ code: "not_allowed" });
    await write(alice, "oui");
    await heard(world, people, ["oui"]);
  });

  test("two change it at the same moment: one goes first, both happen", async () => {
    const { world, people } = await friends("Alice", "Bertrand", "Chloé");
    const [alice, bertrand, chloe] = people as [Person, Person, Person];
    await foundGroup(world, [alice, bertrand, chloe], "Rédaction");
    const { id } = await mustBeIn(alice);
    await alice.engine.setRole({ conversation: id, member: await contactId(alice, "Bertrand"), role: "admin" });
    await world.until(async () => (await groupOf(bertrand))?.role === "admin", "Bertrand is admin");
    await Promise.all([
      alice.engine.changeGroup({ conversation: id, description: "par Alice" }),
      bertrand.engine.changeGroup({ conversation: (await mustBeIn(bertrand)).id, name: "Enquête" }),
    ]);
    await world.until(async () => {
      const groups = await Promise.all(people.map((person) => groupOf(person)));
      return groups.every(
        (group) => group?.name === "Enquête" && group.description === "par Alice" && group.pending.length === 0,
      );
    }, "both changes");
  });

  test("a device that was away longer than the store keeps is brought back by itself", async () => {
    const { world, people } = await friends("Alice", "Bertrand", "Chloé");
    const [alice, bertrand, chloe] = people as [Person, Person, Person];
    await foundGroup(world, [alice, bertrand, chloe], "Rédaction");
    await chloe.engine.close();
    await write(alice, "perdu");
    await heard(world, [bertrand], ["perdu"]);
    await alice.engine.changeGroup({ conversation: (await mustBeIn(alice)).id, description: "neuf" });
    await world.until(async () => (await groupOf(bertrand))?.description === "neuf", "the description");
    world.store.expireBefore(world.store.next());
    await chloe.start(chloe.disk);
    await world.until(
      async () => {
        const group = await groupOf(chloe);
        return group?.state === "ready" && group.description === "neuf";
      },
      "Chloé is back",
      7_200_000,
    );
    await write(chloe, "de retour");
    await write(bertrand, "enfin");
    await heard(world, people, ["de retour", "enfin"]);
    expect((await mustBeIn(alice)).members).toHaveLength(3);
  });
});
