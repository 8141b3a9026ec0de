import type { ConversationView, MessageView } from "@pli/engine/api";
import { allMessages as everyMessage } from "@pli/engine/pages";
import { createHomePerson, pairPeople, type HomePerson } from "./homes.ts";

/**
 * A text somebody wrote, and who has to have it once. `to`: the name of a group, or of one person.
 */
interface Said {
  readonly by: HomePerson;
  readonly to: string;
  readonly text: string;
  readonly readers: readonly HomePerson[];
}

/** A few people, those of them who know each other, and one group of theirs. */
export interface Circle {
  /** The members of the group from the start; the first founded it. */
  readonly people: readonly HomePerson[];
  /** Who know each other. */
  readonly pairs: readonly (readonly [HomePerson, HomePerson])[];
  /** These write in the group, for all who are in it. */
  sayInGroup(by: readonly HomePerson[], word: string): Promise<void>;
  /** Each of these writes to everybody they know. */
  sayBetweenTwo(by: readonly HomePerson[], word: string): Promise<void>;
  /** Somebody more is in the group from now on, or not any more. */
  add(newcomer: HomePerson): Promise<void>;
  remove(member: HomePerson): Promise<void>;
  /** The group gets another name. Not awaited: it is done when all see it. */
  rename(by: HomePerson, name: string): Promise<void>;
  /** Texts of these people that no store has yet. */
  unsent(by: readonly HomePerson[]): Promise<string[]>;
  /** What anybody lacks, has twice, or sees otherwise than the others. None: all is well. */
  problems(): Promise<string[]>;
  /** The lines saying that something was set up again, or is missing. */
  repairs(): Promise<string[]>;
}

/** `star`: only the founder knows the others. */
export async function createCircle(
  store: string,
  [founderName, ...names]: readonly [string, ...string[]],
  shape: "all know each other" | "star",
): Promise<Circle> {
  const founder = await createHomePerson(founderName, store);
  const people = [founder];
  const pairs: [HomePerson, HomePerson][] = [];
  for (const name of names) {
    const person = await createHomePerson(name, store);
    for (const known of shape === "star" ? [founder] : people) {
      await pairPeople(known, person);
      pairs.push([known, person]);
    }
    people.push(person);
  }
  const contacts = (await founder.api.read("contacts", {})).map(({ id }) => id);
  let name = "Team";
  await founder.api.createGroup({ name, contacts });
  const members = [...people];
  const said: Said[] = [];

  const known = (person: HomePerson): HomePerson[] =>
    pairs.flatMap(([one, other]) => (one === person ? [other] : other === person ? [one] : []));

  async function say(by: HomePerson, to: string, text: string, readers: readonly HomePerson[]): Promise<void> {
    const conversation = await conversationOf(by, to);
    if (conversation === undefined) throw new Error(`${by.name} has no conversation to say "${text}" in`);
    said.push({ by, to, text, readers });
    await by.api.sendText({ conversation: conversation.id, text });
  }

  async function add(newcomer: HomePerson): Promise<void> {
    const conversation = (await conversationOf(founder, GROUP))?.id ?? "";
    const contact = (await conversationOf(founder, newcomer.name))?.contact ?? "";
    await founder.api.addToGroup({ conversation, contacts: [contact] });
    members.push(newcomer);
  }

  async function remove(member: HomePerson): Promise<void> {
    const conversation = (await conversationOf(founder, GROUP))?.id ?? "";
    const contact = (await conversationOf(founder, member.name))?.contact ?? "";
    await founder.api.removeFromGroup({ conversation, members: [contact] });
    members.splice(members.indexOf(member), 1);
  }

  async function rename(by: HomePerson, wanted: string): Promise<void> {
    name = wanted;
    await by.api.changeGroup({ conversation: (await conversationOf(by, GROUP))?.id ?? "", name });
  }

  async function problems(): Promise<string[]> {
    const found: string[] = [];
    for (const person of members) found.push(...(await groupProblems(person)));
    for (const { by, to, text, readers } of said) {
      for (const reader of to === GROUP ? readers.filter((one) => members.includes(one)) : readers) {
        const times = await countOf(reader, to === GROUP ? GROUP : nameFor(reader, by, to), text);
        const place = to === GROUP ? "the group" : `what ${by.name} writes to ${to}`;
        if (times === 0) found.push(`${reader.name} lacks "${text}" in ${place}`);
        if (times > 1) found.push(`${reader.name} has "${text}" ${times} times in ${place}`);
      }
    }
    return found;
  }

  async function groupProblems(person: HomePerson): Promise<string[]> {
    const conversations = await person.api.read("conversations", {});
    const stuck = conversations
      .filter(({ state }) => state !== "ready" && state !== "left")
      .map((view) => `${person.name}: ${view.kind === "group" ? "the group" : view.name} is ${view.state}`);
    const groups = conversations.filter(({ kind, state }) => kind === "group" && state !== "left");
    if (groups.length !== 1) return [...stuck, `${person.name} is in ${groups.length} groups`];
    const group = await person.api.read("group", { id: groups[0]?.id ?? "" });
    const seen = group?.members.map((member) => member.name).toSorted();
    const wanted = members.map((member) => member.name).toSorted();
    if (seen?.join() !== wanted.join()) stuck.push(`${person.name} sees ${seen?.join(", ")} in the group`);
    if (group?.name !== name) stuck.push(`${person.name} knows the group as ${group?.name}, not as ${name}`);
    for (const { operation: change, waitsFor } of group?.pending ?? []) {
      stuck.push(`${person.name}'s change (${change.kind}) waits for ${waitsFor}`);
    }
    return stuck;
  }

  async function unsent(by: readonly HomePerson[]): Promise<string[]> {
    const all = await Promise.all(by.map(allMessages));
    return all.flat().flatMap(({ mine, state, body }) => (mine && state === "saved" ? [textOf(body)] : []));
  }

  async function repairs(): Promise<string[]> {
    const found: string[] = [];
    for (const person of members) {
      for (const { body } of await allMessages(person)) {
        if (body.kind === "rejoined" || body.kind === "gap") found.push(`${person.name}: ${body.kind}`);
      }
    }
    return found;
  }

  return {
    people,
    pairs,
    sayInGroup: async (by, word) => {
      for (const person of by) await say(person, GROUP, `${person.name} ${word}`, [...members]);
    },
    sayBetweenTwo: async (by, word) => {
      for (const person of by) {
        for (const other of known(person)) {
          await say(person, other.name, `${person.name} to ${other.name} ${word}`, [person, other]);
        }
      }
    },
    add,
    remove,
    rename,
    unsent,
    problems,
    repairs,
  };
}

/** Stands for the one group, whatever its name is now. */
const GROUP = "";

async function conversationOf(person: HomePerson, to: string): Promise<ConversationView | undefined> {
  const all = await person.api.read("conversations", {});
  return all.find(({ kind, state, name }) =>
    to === GROUP ? kind === "group" && state !== "left" : kind === "direct" && name === to,
  );
}

/** What `reader` calls the conversation in which `by` writes to `to`. */
const nameFor = (reader: HomePerson, by: HomePerson, to: string): string => (reader === by ? to : by.name);

const messagesOf = (person: HomePerson, conversation: string): Promise<MessageView[]> =>
  everyMessage((page) => person.api.read("messages", page), conversation);

async function allMessages(person: HomePerson): Promise<MessageView[]> {
  const conversations = await person.api.read("conversations", {});
  return (await Promise.all(conversations.map(({ id }) => messagesOf(person, id)))).flat();
}

async function countOf(person: HomePerson, to: string, text: string): Promise<number> {
  const conversation = await conversationOf(person, to);
  if (conversation === undefined) return 0;
  return (await messagesOf(person, conversation.id)).filter(({ body }) => textOf(body) === text).length;
}

const textOf = (body: MessageView["body"]): string => (body.kind === "text" ? body.text : "");
