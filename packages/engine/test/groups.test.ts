import type { GroupChange, GroupView, MessageView } from "@pli/engine/api";
import { createWorld, pair, type Person, type World } from "@pli/testkit";
import { describe, expect, test } from "vitest";

/** People who all know each other, by name. */
async function friends<const N extends readonly string[]>(...names: N): Promise<{ world: World; people: Person[] }> {
  const world = createWorld();
  const people: Person[] = [];
  for (const name of names) {
    const person = await world.person(name);
    for (const other of people) await pair(world, other, person);
    people.push(person);
  }
  await world.clock.advance(30_000);
  return { world, people };
}

async function contactId(person: Person, name: string): Promise<string> {
  const found = (await person.read("contacts", {})).find((contact) => contact.name === name);
  if (found === undefined) throw new Error(`${person.name} does not know ${name}`);
  return found.id;
}

async function groupOf(person: Person, name: string): Promise<GroupView | undefined> {
  const found = (await person.read("conversations", {})).find((one) => one.kind === "group" && one.name === name);
  return found === undefined ? undefined : person.read("group", { id: found.id });
}

async function mustBeIn(person: Person, name: string): Promise<GroupView> {
  const group = await groupOf(person, name);
  if (group === undefined) throw new Error(`${person.name} is not in ${name}`);
  return group;
}

const namesIn = (group: GroupView | undefined): string[] => (group?.members ?? []).map(({ name }) => name).toSorted();

async function memberId(person: Person, group: string, name: string): Promise<string> {
  const found = (await mustBeIn(person, group)).members.find((member) => member.name === name);
  if (found === undefined) throw new Error(`${name} is not in ${group}`);
  return found.id;
}

async function found(world: World, founder: Person, name: string, others: Person[]): Promise<void> {
  const contacts = await Promise.all(others.map((other) => contactId(founder, other.name)));
  await founder.engine.createGroup({ name, contacts });
  const all = [founder, ...others];
  await world.until(async () => {
    const groups = await Promise.all(all.map((person) => groupOf(person, name)));
    return groups.every((group) => group?.state === "ready" && group.members.length === all.length);
  }, "the group");
}

async function write(person: Person, group: string, text: string): Promise<void> {
  await person.engine.sendText({ conversation: (await mustBeIn(person, group)).id, text });
}

async function messagesIn(person: Person, group: string): Promise<MessageView[]> {
  const { id } = await mustBeIn(person, group);
  return (await person.read("messages", { conversation: id, limit: 1000 })).messages;
}

async function textsIn(person: Person, group: string): Promise<string[]> {
  return (await messagesIn(person, group)).flatMap(({ body }) => (body.kind === "text" ? [body.text] : []));
}

async function changesIn(person: Person, group: string): Promise<GroupChange[]> {
  return (await messagesIn(person, group)).flatMap(({ body }) => (body.kind === "change" ? [body.change] : []));
}

/** Everybody has read all of this. */
function heard(world: World, people: Person[], group: string, texts: string[]): Promise<unknown> {
  return world.until(
    async () => {
      const all = await Promise.all(people.map((person) => textsIn(person, group)));
      return all.every((read) => texts.every((text) => read.includes(text)));
    },
    `${texts.join(", ")} heard by all`,
  );
}

describe("a group", () => {
  test("is founded with contacts, everybody writes and everybody reads, once", async () => {
    const { world, people } = await friends("Alice", "Bertrand", "Chloé");
    const [alice, bertrand, chloe] = people as [Person, Person, Person];
    await found(world, alice, "Rédaction", [bertrand, chloe]);
    await write(alice, "Rédaction", "bonjour");
    await write(bertrand, "Rédaction", "salut");
    await write(chloe, "Rédaction", "me voici");
    await heard(world, people, "Rédaction", ["bonjour", "salut", "me voici"]);
    for (const person of people) expect(await textsIn(person, "Rédaction")).toHaveLength(3);
    expect(namesIn(await groupOf(chloe, "Rédaction"))).toEqual(["Alice", "Bertrand", "Chloé"]);
    expect(await changesIn(bertrand, "Rédaction")).toContainEqual({ what: "joined" });
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
    await found(world, alice, "Projet", [bertrand, chloe]);
    await write(chloe, "Projet", "bonjour Bertrand");
    await heard(world, [bertrand], "Projet", ["bonjour Bertrand"]);
    const message = (await messagesIn(bertrand, "Projet")).find(({ body }) => body.kind === "text");
    expect(message?.fromName).toBe("Chloé");
    const member = (await mustBeIn(bertrand, "Projet")).members.find(({ name }) => name === "Chloé");
    expect(member).toMatchObject({ level: 1, isContact: false });
  });

  test("whoever is put out reads nothing later, and the others go on", async () => {
    const { world, people } = await friends("Alice", "Bertrand", "Chloé");
    const [alice, bertrand, chloe] = people as [Person, Person, Person];
    await found(world, alice, "Rédaction", [bertrand, chloe]);
    await write(alice, "Rédaction", "avant");
    await heard(world, people, "Rédaction", ["avant"]);
    const { id } = await mustBeIn(alice, "Rédaction");
    await alice.engine.removeFromGroup({ conversation: id, members: [await contactId(alice, "Chloé")] });
    await world.until(async () => (await groupOf(chloe, "Rédaction"))?.state === "left", "Chloé is out");
    await write(alice, "Rédaction", "après");
    await heard(world, [alice, bertrand], "Rédaction", ["après"]);
    await world.clock.advance(60_000);
    expect(await textsIn(chloe, "Rédaction")).toEqual(["avant"]);
    await expect(write(chloe, "Rédaction", "encore")).rejects.toMatchObject({ code: "not_in_group" });
    expect(namesIn(await groupOf(bertrand, "Rédaction"))).toEqual(["Alice", "Bertrand"]);
  });

  test("is renamed and described, roles are given, and the history says so to everyone", async () => {
    const { world, people } = await friends("Alice", "Bertrand", "Chloé");
    const [alice, bertrand, chloe] = people as [Person, Person, Person];
    await found(world, alice, "Rédaction", [bertrand, chloe]);
    const { id } = await mustBeIn(alice, "Rédaction");
    await alice.engine.setRole({ conversation: id, member: await contactId(alice, "Bertrand"), role: "admin" });
    await world.until(async () => (await groupOf(bertrand, "Rédaction"))?.role === "admin", "Bertrand is admin");
    await bertrand.engine.changeGroup({ conversation: (await mustBeIn(bertrand, "Rédaction")).id, name: "Enquête" });
    await world.until(async () => (await groupOf(chloe, "Enquête")) !== undefined, "the new name");
    const changes = await changesIn(chloe, "Enquête");
    expect(changes).toContainEqual({ what: "named", name: "Enquête" });
    expect(changes).toContainEqual(expect.objectContaining({ what: "role", role: "admin" }));
  });

  test("somebody is added later, and reads what comes from then on", async () => {
    const { world, people } = await friends("Alice", "Bertrand", "Chloé");
    const [alice, bertrand, chloe] = people as [Person, Person, Person];
    await found(world, alice, "Rédaction", [bertrand]);
    await write(alice, "Rédaction", "entre nous");
    await heard(world, [bertrand], "Rédaction", ["entre nous"]);
    const { id } = await mustBeIn(alice, "Rédaction");
    await alice.engine.addToGroup({ conversation: id, contacts: [await contactId(alice, "Chloé")] });
    await world.until(async () => (await groupOf(chloe, "Rédaction"))?.state === "ready", "Chloé is in");
    await write(bertrand, "Rédaction", "bienvenue");
    await heard(world, people, "Rédaction", ["bienvenue"]);
    expect(await textsIn(chloe, "Rédaction")).toEqual(["bienvenue"]);
  });

  test("what is written before a newcomer has joined is not missed", async () => {
    const { world, people } = await friends("Alice", "Bertrand", "Chloé");
    const [alice, bertrand, chloe] = people as [Person, Person, Person];
    await found(world, alice, "Rédaction", [bertrand]);
    await chloe.engine.close();
    const { id } = await mustBeIn(alice, "Rédaction");
    await alice.engine.addToGroup({ conversation: id, contacts: [await contactId(alice, "Chloé")] });
    await world.until(async () => namesIn(await groupOf(bertrand, "Rédaction")).length === 3, "Chloé is added");
    await write(bertrand, "Rédaction", "tôt");
    await alice.engine.changeGroup({ conversation: id, description: "tout" });
    await world.until(async () => (await groupOf(bertrand, "Rédaction"))?.description === "tout", "the description");
    await write(bertrand, "Rédaction", "tard");
    await world.clock.advance(10_000);
    await chloe.start(chloe.disk);
    await heard(world, people, "Rédaction", ["tôt", "tard"]);
    expect((await groupOf(chloe, "Rédaction"))?.description).toBe("tout");
  });

  test("somebody leaves; the last owner names another first", async () => {
    const { world, people } = await friends("Alice", "Bertrand", "Chloé");
    const [alice, bertrand, chloe] = people as [Person, Person, Person];
    await found(world, alice, "Rédaction", [bertrand, chloe]);
    const own = await mustBeIn(alice, "Rédaction");
    expect(own.leaveNeedsSuccessor).toBe(true);
    await expect(alice.engine.leaveGroup({ conversation: own.id })).rejects.toMatchObject({ code: "owner_needed" });
    await alice.engine.leaveGroup({ conversation: own.id, successor: await memberId(alice, "Rédaction", "Bertrand") });
    await world.until(async () => (await groupOf(alice, "Rédaction"))?.state === "left", "Alice has left");
    await world.until(
      async () =>
        namesIn(await groupOf(chloe, "Rédaction")).length === 2 &&
        (await groupOf(bertrand, "Rédaction"))?.role === "owner",
      "the others know",
    );
    expect((await changesIn(chloe, "Rédaction")).map(({ what }) => what)).toContain("left");
    await write(chloe, "Rédaction", "sans elle");
    await heard(world, [bertrand, chloe], "Rédaction", ["sans elle"]);
    expect(await textsIn(alice, "Rédaction")).toEqual([]);
    await alice.engine.deleteConversation({ conversation: own.id });
    expect(await groupOf(alice, "Rédaction")).toBeUndefined();
  });

  test("readers read; where only admins write, members do not", async () => {
    const { world, people } = await friends("Alice", "Bertrand", "Chloé");
    const [alice, bertrand, chloe] = people as [Person, Person, Person];
    await found(world, alice, "Annonces", [bertrand, chloe]);
    const { id } = await mustBeIn(alice, "Annonces");
    await alice.engine.setRole({ conversation: id, member: await contactId(alice, "Chloé"), role: "reader" });
    await world.until(async () => (await groupOf(chloe, "Annonces"))?.role === "reader", "Chloé reads");
    await expect(write(chloe, "Annonces", "non")).rejects.toMatchObject({ code: "not_allowed" });
    await alice.engine.changeGroup({ conversation: id, whoWrites: "admins" });
    await world.until(async () => (await groupOf(bertrand, "Annonces"))?.whoWrites === "admins", "only admins write");
    await expect(write(bertrand, "Annonces", "non")).rejects.toMatchObject({ code: "not_allowed" });
    await write(alice, "Annonces", "oui");
    await heard(world, people, "Annonces", ["oui"]);
  });

  test("two change it at the same moment: one goes first, both happen", async () => {
    const { world, people } = await friends("Alice", "Bertrand", "Chloé");
    const [alice, bertrand, chloe] = people as [Person, Person, Person];
    await found(world, alice, "Rédaction", [bertrand, chloe]);
    const { id } = await mustBeIn(alice, "Rédaction");
    await alice.engine.setRole({ conversation: id, member: await contactId(alice, "Bertrand"), role: "admin" });
    await world.until(async () => (await groupOf(bertrand, "Rédaction"))?.role === "admin", "Bertrand is admin");
    await Promise.all([
      alice.engine.changeGroup({ conversation: id, description: "par Alice" }),
      bertrand.engine.changeGroup({ conversation: (await mustBeIn(bertrand, "Rédaction")).id, name: "Enquête" }),
    ]);
    await world.until(async () => {
      const groups = await Promise.all(people.map((person) => groupOf(person, "Enquête")));
      return groups.every((group) => group?.description === "par Alice" && group.pending.length === 0);
    }, "both changes");
  });

  test("a device that was away longer than the store keeps is brought back by itself", async () => {
    const { world, people } = await friends("Alice", "Bertrand", "Chloé");
    const [alice, bertrand, chloe] = people as [Person, Person, Person];
    await found(world, alice, "Rédaction", [bertrand, chloe]);
    await chloe.engine.close();
    await write(alice, "Rédaction", "perdu");
    await heard(world, [bertrand], "Rédaction", ["perdu"]);
    await alice.engine.changeGroup({ conversation: (await mustBeIn(alice, "Rédaction")).id, description: "neuf" });
    await world.until(async () => (await groupOf(bertrand, "Rédaction"))?.description === "neuf", "the description");
    world.store.expireBefore(world.store.next());
    await chloe.start(chloe.disk);
    await world.until(
      async () => {
        const group = await groupOf(chloe, "Rédaction");
        return group?.state === "ready" && group.description === "neuf";
      },
      "Chloé is back",
      7_200_000,
    );
    await write(chloe, "Rédaction", "de retour");
    await write(bertrand, "Rédaction", "enfin");
    await heard(world, people, "Rédaction", ["de retour", "enfin"]);
    expect((await mustBeIn(alice, "Rédaction")).members).toHaveLength(3);
  });
});
