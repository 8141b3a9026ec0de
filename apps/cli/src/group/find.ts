/** Finds groups, members and contacts by what a person typed. */
import type { ConversationView, GroupView, PliApi } from "@pli/engine/api";
import { shownName } from "@pli/engine/content";
import { findContact, findLiving, findOne } from "../contact.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { isGiven } from "../naming.ts";

/**
 * The group that a query means. Throws `conversation_unknown`, `contact_ambiguous`, `not_a_group`.
 */
export async function findGroup(context: Context, api: PliApi, query: string): Promise<GroupView> {
  const conversations = await api.read("conversations", {});
  const groups = conversations.filter(({ kind }) => kind === "group");
  const { id } = findLiving(context, groups, query, () => noGroup(context, conversations, groups, query));
  const group = await api.read("group", { id });
  if (group === undefined) throw new Failure("not_a_group");
  return group;
}

/** The name of a contact is not the name of a group. */
function noGroup(
  context: Context,
  all: readonly ConversationView[],
  groups: readonly ConversationView[],
  query: string,
) {
  try {
    findOne(context, all, query, () => new Failure("conversation_unknown"));
    return new Failure("not_a_group");
  } catch {
    const names = groups.map(({ name }) => shownName(name));
    return new Failure("conversation_unknown", { advice: context.words.advice.groups(names) });
  }
}

export async function findContactIds(context: Context, api: PliApi, queries: readonly string[]): Promise<string[]> {
  const contacts = await api.read("contacts", {});
  return queries.map((query) => findContact(context, contacts, query).id);
}

/** Members of a group. Of those who are contacts, the name this person gave them counts first. */
export async function findMemberIds(
  { context, api, group }: { context: Context; api: PliApi; group: GroupView },
  queries: readonly string[],
): Promise<string[]> {
  const contacts = await api.read("contacts", {});
  const given = new Set(contacts.filter(isGiven).map(({ id }) => id));
  const members = group.members.map((member) => ({ ...member, given: given.has(member.id) }));
  return queries.map((query) => findOne(context, members, query, () => new Failure("member_unknown")).id);
}
