import type { ContactView, ConversationView, GroupMemberView, GroupView, PliApi } from "@pli/engine/api";
import { shownName } from "@pli/engine/content";
import { findContact, findOne } from "../contact.ts";
import type { Context } from "../context.ts";
import { codeOf, Failure } from "../failure.ts";
import { isGiven } from "../naming.ts";
import type { GroupAction } from "./action.ts";

/** What asks for something to change in one group. */
export type GroupChangeAction = Extract<GroupAction, { group: string }> & Exclude<GroupAction, { what: "show" }>;

/**
 * What was asked of a group and is now saved. `change`: as it stands in `pending`; absent when it
 * is done already.
 */
export interface Asked {
  conversation: string;
  change?: string;
}

/**
 * The one group meant, as this person sees it; `conversation_unknown`, `contact_ambiguous`,
 * `not_a_group`.
 */
export async function findGroup(context: Context, api: PliApi, query: string): Promise<GroupView> {
  const conversations = await api.read("conversations", {});
  const groups = conversations.filter(({ kind }) => kind === "group");
  const { id } = findOne(context, groups, query, () => noGroup(context, conversations, groups, query));
  const group = await api.read("group", { id });
  if (group === undefined) throw new Failure("not_a_group");
  return group;
}

/** A contact's name is none of a group. */
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

/** Founds a group with these contacts. */
export async function createGroup(
  context: Context,
  api: PliApi,
  { name, contacts, description }: Extract<GroupAction, { what: "create" }>,
): Promise<Asked> {
  const ids = contactIds(context, await api.read("contacts", {}), contacts);
  return api.createGroup({ name, contacts: ids, ...(description !== undefined && { description }) });
}

/** Asks the engine for what was typed, once every name in it is somebody's. */
export async function perform(
  context: Context,
  api: PliApi,
  group: GroupView,
  action: GroupChangeAction,
): Promise<Asked> {
  const conversation = group.id;
  const known = await api.read("contacts", {});
  const member = (query: string): string => findMember(context, group, known, query).id;
  switch (action.what) {
    case "add": {
      const contacts = contactIds(context, known, action.contacts);
      return { conversation, ...(await api.addToGroup({ conversation, contacts })) };
    }
    case "remove":
      return { conversation, ...(await api.removeFromGroup({ conversation, members: action.members.map(member) })) };
    case "role":
      return {
        conversation,
        ...(await api.setRole({ conversation, member: member(action.member), role: action.role })),
      };
    case "rename":
      return { conversation, ...(await api.changeGroup({ conversation, name: action.to })) };
    case "describe":
      return { conversation, ...(await api.changeGroup({ conversation, description: action.text })) };
    case "rules":
      return { conversation, ...(await api.changeGroup({ conversation, ...action.rules })) };
    case "picture": {
      const picture = await readPicture(context, action.file);
      return { conversation, ...(await api.changeGroup({ conversation, picture })) };
    }
    case "keys":
      return { conversation, ...(await api.renewGroupKeys({ conversation })) };
    case "refound":
      return { conversation, ...(await api.refoundGroup({ conversation, without: action.without.map(member) })) };
    case "leave":
      return leave(context, api, group, action.successor === undefined ? undefined : member(action.successor));
    case "cancel":
      await api.cancelChange({ conversation, change: action.change });
      return { conversation };
    case "delete":
      await api.deleteConversation({ conversation });
      return { conversation };
  }
}

async function leave(context: Context, api: PliApi, group: GroupView, successor: string | undefined): Promise<Asked> {
  const conversation = group.id;
  const named = successor === undefined ? {} : { successor };
  try {
    await api.leaveGroup({ conversation, ...named });
  } catch (thrown) {
    if (codeOf(thrown) !== "owner_needed") throw thrown;
    throw new Failure("owner_needed", { advice: context.words.group.successor, cause: thrown });
  }
  const after = await api.read("group", { id: conversation });
  const pending = after?.pending.find(({ wanted }) => wanted.kind === "leave");
  return { conversation, ...(pending !== undefined && after?.state !== "left" && { change: pending.id }) };
}

const contactIds = (context: Context, contacts: readonly ContactView[], names: readonly string[]): string[] =>
  names.map((name) => findContact(context, contacts, name).id);

/**
 * A member by a name as anybody: of those who are contacts, the name this person gave them counts
 * first.
 */
function findMember(
  context: Context,
  { members }: GroupView,
  contacts: readonly ContactView[],
  query: string,
): GroupMemberView {
  const given = new Set(contacts.filter(isGiven).map(({ id }) => id));
  const nameable = members.map((member) => ({ ...member, given: given.has(member.id) }));
  return findOne(context, nameable, query, () => new Failure("member_unknown"));
}

/** In base64; empty for none. */
async function readPicture({ world, words }: Context, file: string | undefined): Promise<string> {
  if (file === undefined) return "";
  try {
    return await world.readBase64(file);
  } catch (cause) {
    throw new Failure("picture_malformed", { advice: words.group.readPicture(file), cause });
  }
}
