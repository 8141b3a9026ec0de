import { encodeRules, parseDescription, type Rules } from "@pli/protocol/group";
import { toHex } from "@pli/protocol/crypto";
import type { CommandHandlers } from "../../api/handlers.ts";
import type { CommandName, Commands } from "../../api/schema.ts";
import { FEED } from "../../delivery/port.ts";
import {
  deleteConversation,
  getConversation,
  insertConversation,
  type Conversation,
} from "../../epochs/conversations.table.ts";
import type { Kit } from "../../kit.ts";
import { allowedName } from "../../people/allowed-name.ts";
import type { Tx } from "../../runtime/context.ts";
import { PliError } from "../../runtime/errors.ts";
import { deleteMetaOf } from "../../runtime/storage/meta.ts";
import { deleteReducerStatesOf } from "../../runtime/storage/reducer-states.table.ts";
import { deleteInvitationsInto } from "./invitations.table.ts";
import type { GroupParts } from "./parts.ts";
import { deleteMembersOf, listMembers } from "./members.table.ts";
import { saveMembers } from "./members.ts";
import {
  deletePendingOperationsOf,
  isLeaving,
  type PendingOperation,
  type RulesEdit,
} from "./pending-operations.table.ts";
import { deleteActionsOf } from "../actions/actions.table.ts";
import { deleteLinksOf } from "../actions/links.table.ts";
import { deleteArchive } from "../archive/archives.table.ts";
import { deleteMarksIn } from "../messages/marks.table.ts";
import { deleteMessagesOf } from "../messages/messages.table.ts";
import { deleteReceiptsIn } from "../receipts/receipts.table.ts";
import { clearConversation } from "../../epochs/pending-contents.table.ts";

const LOCAL_ID_BYTES = 16;
const SHARED_ID_BYTES = 32;
const GROUP_ID_BYTES = 32;

type Wanted<N extends CommandName> = Commands[N]["parameters"];

/** What people do with groups. */
export function createGroupCommands(kit: Kit, parts: GroupParts) {
  const { answers, changes, leaving, successors } = parts;

  /** The group, for a change: this person is in it and is not leaving. */
  async function group(tx: Tx, id: string): Promise<Conversation> {
    const conversation = await groupStillIn(tx, id);
    if (await isLeaving(tx, id)) throw new PliError("not_in_group");
    return conversation;
  }

  /** For what frees somebody whose leaving cannot come to its end too. */
  async function groupStillIn(tx: Tx, id: string): Promise<Conversation> {
    const conversation = await getConversation(tx, id);
    if (conversation.kind !== "group") throw new PliError("not_a_group");
    if (conversation.state === "left" || conversation.state === "joining") throw new PliError("not_in_group");
    return conversation;
  }

  /** Group change path 1/10: the change that a person asks for becomes a pending operation. */
  async function enqueue(tx: Tx, conversation: string, operation: PendingOperation): Promise<{ change: string }> {
    return { change: String(await changes.want(tx, conversation, operation)) };
  }

  async function leave(tx: Tx, { conversation: id, successor }: Wanted<"leaveGroup">): Promise<void> {
    // Leaving that was wanted before this device was stopped could not come to its end: it may be
    // asked for once more.
    const conversation = await groupStillIn(tx, id);
    if (conversation.state === "rejoining") return leaving.leave(tx, conversation);
    await group(tx, id);
    const shown = await parts.view(tx, id);
    const self = await kit.profiles.get(tx);
    const isNamed = successor !== undefined && successor !== self.id;
    if (shown?.leaveNeedsSuccessor === true && !isNamed) throw new PliError("owner_needed");
    // Named without need, the successor counts if another owner goes first.
    if (isNamed) await mustBeMember(tx, id, successor);
    await leaving.leave(tx, conversation, isNamed ? successor : undefined);
  }

  return {
    createGroup: (tx, wanted) => createGroup(kit, parts, tx, wanted),
    addToGroup: async (tx, { conversation, contacts: ids }) => {
      await group(tx, conversation);
      await mustBeContacts(kit, tx, ids);
      return enqueue(tx, conversation, { kind: "add", profiles: ids });
    },
    removeFromGroup: async (tx, { conversation, members }) => {
      await group(tx, conversation);
      for (const member of members) await mustBeMember(tx, conversation, member);
      return enqueue(tx, conversation, { kind: "remove", profiles: members });
    },
    setRole: async (tx, { conversation, member, role }) => {
      await group(tx, conversation);
      await mustBeMember(tx, conversation, member);
      return enqueue(tx, conversation, { kind: "role", profile: member, role });
    },
    changeGroup: async (tx, { conversation: id, ...wanted }) => {
      const conversation = await group(tx, id);
      return enqueue(tx, id, { kind: "rules", edit: await editOf(parts, tx, conversation, wanted) });
    },
    renewGroupKeys: async (tx, { conversation }) => {
      await group(tx, conversation);
      return enqueue(tx, conversation, { kind: "keys" });
    },
    leaveGroup: leave,
    cancelChange: async (tx, { conversation, change }) => {
      await groupStillIn(tx, conversation);
      await changes.cancel(tx, conversation, change);
    },
    foundSuccessorGroup: async (tx, { conversation, without }) => {
      await groupStillIn(tx, conversation);
      return { change: String(await successors.decide(tx, conversation, without)) };
    },
    answerGroupQuestion: (tx, { question, accept }) => answers.answer(tx, question, accept),
    deleteConversation: (tx, { conversation }) => deleteGroup(kit, parts, tx, conversation),
  } satisfies Partial<CommandHandlers>;
}

async function createGroup(
  kit: Kit,
  { changes, forks, history, people }: GroupParts,
  tx: Tx,
  { name, contacts: ids, description = "" }: Wanted<"createGroup">,
): Promise<{ conversation: string }> {
  const { clock, crypto, groups } = kit.context;
  const store = kit.stores.home;
  const profile = await kit.profiles.get(tx);
  await mustBeContacts(kit, tx, ids);
  const rules: Rules = {
    conversation: crypto.random(SHARED_ID_BYTES),
    name: allowedName(name),
    description: allowedDescription(description),
    roles: new Map([[profile.id, "owner"]]),
    whoAdds: "admins",
    whoWrites: "everyone",
    timer: 0,
    newcomersRead: "nothing",
  };
  const id = toHex(crypto.random(LOCAL_ID_BYTES));
  const named = { id, kind: "group", shared: rules.conversation, contact: "" } as const;
  await insertConversation(tx, { ...named, store, feed: FEED, generation: 1, state: "ready" }, clock.now());
  const own = await kit.profiles.createKeyPackage(profile);
  const groupId = crypto.random(GROUP_ID_BYTES);
  const group = await groups.createGroup({ groupId, ...own, rules: encodeRules(rules) });
  const held = await kit.epochs.start(tx, { conversation: id, generation: 1, store, feed: FEED, group });
  await forks.epochStarted(tx, held);
  await people.introduce(tx, store, profile);
  await saveMembers(tx, id, rules, groups.members(group));
  await history.note(tx, id, profile.id, { what: "created", name: rules.name });
  if (ids.length > 0) await changes.want(tx, id, { kind: "add", profiles: ids });
  return { conversation: id };
}

/** What is to be another in the rules; `request_malformed` when nothing is. */
async function editOf(
  { pictures }: GroupParts,
  tx: Tx,
  conversation: Conversation,
  { picture, name, description, ...values }: Omit<Wanted<"changeGroup">, "conversation">,
): Promise<RulesEdit> {
  const edit: RulesEdit = {
    ...values,
    ...(name !== undefined && { name: allowedName(name) }),
    ...(description !== undefined && { description: allowedDescription(description) }),
    ...(picture === "" && { picture: null }),
    ...(picture !== undefined && picture !== "" && { picture: await pictures.add(tx, conversation, picture) }),
  };
  if (Object.keys(edit).length === 0) throw new PliError("request_malformed");
  return edit;
}

/** Deletes a group that this person is out of; stops joining one. */
async function deleteGroup({ epochs }: Kit, { answers, ways }: GroupParts, tx: Tx, id: string): Promise<void> {
  const conversation = await getConversation(tx, id);
  if (conversation.kind !== "group") throw new PliError("not_a_group");
  if (conversation.state === "joining") {
    await answers.takeBack(tx, conversation.shared, (await ways.view(tx, id))?.by.id);
    return ways.stop(tx, id);
  }
  if (conversation.state !== "left") throw new PliError("not_allowed");
  await epochs.eraseAll(tx, id);
  await deleteMarksIn(tx, id);
  await deleteActionsOf(tx, id);
  await deleteLinksOf(tx, id);
  await deleteMessagesOf(tx, id);
  await deleteReceiptsIn(tx, id);
  await clearConversation(tx, id);
  await deleteMembersOf(tx, id);
  await deletePendingOperationsOf(tx, id);
  await deleteInvitationsInto(tx, id);
  await deleteMetaOf(tx, id);
  await deleteReducerStatesOf(tx, id);
  await deleteArchive(tx, id);
  await deleteConversation(tx, id);
  tx.changed("conversations", `messages:${id}`, "storage");
}

async function mustBeContacts({ contacts }: Kit, tx: Tx, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    const contact = await contacts.find(tx, id);
    if (contact === undefined || contact.blocked) throw new PliError("not_a_contact");
  }
}

async function mustBeMember(tx: Tx, conversation: string, profile: string): Promise<void> {
  const members = await listMembers(tx, conversation);
  if (!members.some((member) => member.profile === profile)) throw new PliError("member_unknown");
}

function allowedDescription(wanted: string): string {
  const description = parseDescription(wanted);
  if (!description.ok) throw new PliError(description.error);
  return description.value;
}
