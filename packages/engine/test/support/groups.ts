import type { GroupChange, GroupView, MessageView } from "@pli/engine/api";
import type { Person, World } from "@pli/testkit";

export async function contactId(person: Person, name: string): Promise<string> {
  const found = (await person.read("contacts", {})).find((contact) => contact.name === name);
  if (found === undefined) throw new Error(`${person.name} does not know ${name}`);
  return found.id;
}

/** The one group that this person has. */
export async function groupOf(person: Person): Promise<GroupView | undefined> {
  const found = (await person.read("conversations", {})).find(({ kind }) => kind === "group");
  return found === undefined ? undefined : person.read("group", { id: found.id });
}

export async function mustBeIn(person: Person): Promise<GroupView> {
  const group = await groupOf(person);
  if (group === undefined) throw new Error(`${person.name} is in no group`);
  return group;
}

export const namesIn = (group: GroupView | undefined): string[] =>
  (group?.members ?? []).map(({ name }) => name).toSorted();

export async function memberId(person: Person, name: string): Promise<string> {
  const found = (await mustBeIn(person)).members.find((member) => member.name === name);
  if (found === undefined) throw new Error(`${name} is not in the group of ${person.name}`);
  return found.id;
}

/** A group of all these people; the first founds it and knows all others. */
export async function foundGroup(world: World, [founder, ...others]: readonly Person[], name: string): Promise<void> {
  if (founder === undefined) throw new Error("nobody founds it");
  const contacts = await Promise.all(others.map((other) => contactId(founder, other.name)));
  await founder.engine.createGroup({ name, contacts });
  await agreed(world, [founder, ...others]);
}

/** Waits until all these people, and nobody else, are in the group, under one name. */
export function agreed(world: World, people: readonly Person[], patience?: number): Promise<unknown> {
  return world.until(
    async () => {
      const groups = await Promise.all(people.map(groupOf));
      const names = people.map((person) => person.name).toSorted();
      return groups.every(
        (group) =>
          group?.state === "ready" &&
          group.name === groups[0]?.name &&
          group.pending.length === 0 &&
          namesIn(group).join() === names.join(),
      );
    },
    `${people.map(({ name }) => name).join(", ")} in one group`,
    patience,
  );
}

export async function write(person: Person, text: string): Promise<void> {
  await person.engine.sendText({ conversation: (await mustBeIn(person)).id, text });
}

export async function messagesIn(person: Person): Promise<MessageView[]> {
  const { id } = await mustBeIn(person);
  return (await person.read("messages", { conversation: id, limit: 1000 })).messages;
}

export async function textsIn(person: Person): Promise<string[]> {
  return (await messagesIn(person)).flatMap(({ body }) => (body.kind === "text" ? [body.text] : []));
}

export async function changesIn(person: Person): Promise<GroupChange[]> {
  return (await messagesIn(person)).flatMap(({ body }) => (body.kind === "change" ? [body.change] : []));
}

/** Everybody has read all of this, and nothing twice. */
export function heard(world: World, people: readonly Person[], texts: readonly string[]): Promise<unknown> {
  return world.until(
    async () => {
      const all = await Promise.all(people.map(textsIn));
      return all.every((read) => texts.every((text) => read.filter((other) => other === text).length === 1));
    },
    `${texts.join(", ")} heard by all`,
  );
}

export async function counters(
  person: Person,
): Promise<{ forks: number; refoundings: number; rejoins: number; cellsOpened: number }> {
  return (await person.read("storage", {})).counters;
}
