/** What the reducer of leaving asks for, done. */
import { createLeaveStatement, encodeGroupControl, type LeaveEffect } from "@pli/protocol/group";
import { toHex } from "@pli/protocol/crypto";
import type { Context, Tx } from "../../runtime/context.ts";
import { createPauses } from "../../runtime/pauses.ts";
import { findGroup, setConversationState, type Conversation } from "../../epochs/conversations.table.ts";
import type { EpochRoles } from "../../epochs/epoch-roles.ts";
import type { Epochs } from "../../epochs/epochs.ts";
import type { Messages } from "../messages/messages.ts";
import { clearConversation, withdrawContents } from "../../epochs/pending-contents.table.ts";
import type { Sending } from "../messages/sending.ts";
import type { Contact, Contacts } from "../../people/contacts.ts";
import type { Profiles } from "../../people/profile.ts";
import { damaged } from "../../runtime/storage/row.ts";
import type { Changes } from "./changes.ts";
import type { Consents } from "./consents.ts";
import type { History } from "./history.ts";
import { named } from "./people.table.ts";
import { deletePendingOperationsOf } from "./pending-operations.table.ts";
import type { GroupRejoining } from "./rejoin.ts";
import type { Talk } from "./talk.ts";

/** Among what waits to leave, the statement of leaving has this reference. */
export const LEAVE = "leave";
/** A contact gets the same answer no more often than this. */
const AGAIN_MS = 10_000;

export interface LeaveParts {
  readonly epochs: Epochs;
  readonly epochRoles: EpochRoles;
  readonly contacts: Contacts;
  readonly profiles: Profiles;
  readonly messages: Messages;
  readonly changes: Changes;
  readonly history: History;
  readonly talk: Talk;
  readonly rejoining: Pick<GroupRejoining, "forget">;
  readonly consents: Consents;
  readonly sending: Sending;
}

export interface LeaveEffects {
  /** `shared`: the group, as its members name it. */
  perform(tx: Tx, shared: Uint8Array, effect: LeaveEffect): Promise<void>;
}

export function createLeaveEffects(context: Context, deps: LeaveParts): LeaveEffects {
  const { budgets, clock, crypto, groups } = context;
  const { epochs, profiles, talk } = deps;
  /** By the group, the contact and the answer. */
  const isTimeTo = createPauses(clock, AGAIN_MS);

  async function perform(tx: Tx, shared: Uint8Array, effect: LeaveEffect): Promise<void> {
    if (effect.type === "takeBackConsent") return deps.consents.takeBack(tx, shared);
    if (effect.type === "tellOut") return tellOut(tx, effect.to, shared);
    if (effect.type === "sendStatement") return sendStatement(tx, effect, shared);
    const conversation = await findGroup(tx, shared);
    if (conversation === undefined) return;
    const { id } = conversation;
    if (effect.type === "unsay") return unsay(tx, id);
    if (effect.type === "say") return say(tx, conversation);
    if (effect.type === "end") return end(tx, id);
    await deps.changes.want(tx, id, effect.operation, effect.dueAt);
  }

  async function unsay(tx: Tx, id: string): Promise<void> {
    await withdrawContents(tx, { conversation: id, purpose: "control", reference: LEAVE });
  }

  async function say(tx: Tx, { id, shared }: Conversation): Promise<void> {
    const held = await epochs.current(tx, id);
    if (held === undefined) return;
    const { group, ownLeaf } = held.epoch;
    const own = groups.members(group).find(({ leaf }) => leaf === ownLeaf) ?? damaged("own leaf");
    const signature = await sign(tx, shared, groups.groupId(group), own.encryptionKey);
    const body = encodeGroupControl({ name: "group-leave", signature });
    await deps.sending.enqueue(tx, id, "control", body, LEAVE);
  }

  async function sign(
    tx: Tx,
    conversation: Uint8Array,
    groupId: Uint8Array,
    encryptionKey: Uint8Array,
  ): Promise<Uint8Array> {
    const signKey = (await profiles.get(tx)).deviceKeys.secretKey;
    return createLeaveStatement(crypto, { conversation, groupId, encryptionKey, signKey });
  }

  async function end(tx: Tx, id: string): Promise<void> {
    const self = await profiles.get(tx);
    await deps.rejoining.forget(tx, id);
    await setConversationState(tx, id, "left");
    await epochs.eraseAll(tx, id);
    await deletePendingOperationsOf(tx, id);
    await clearConversation(tx, id);
    await deps.messages.failAll(tx, id, "not_in_group");
    await deps.history.note(tx, id, self.id, { what: "left", who: await named(tx, [self.id]) });
  }

  async function tellOut(tx: Tx, to: string, shared: Uint8Array): Promise<void> {
    const contact = await deps.contacts.find(tx, to);
    if (contact === undefined || !isTimeTo(`${toHex(shared)} ${to} out`)) return;
    if (!(await mayAnswer(tx, contact, shared))) return;
    const said = { name: "group-rejoin-answer", standing: 2, place: null, leaf: new Uint8Array(0) } as const;
    await talk.send(tx, contact.conversation, { ...said, conversation: shared });
  }

  async function sendStatement(
    tx: Tx,
    { to, group, leaf }: LeaveEffect & { readonly type: "sendStatement" },
    conversation: Uint8Array,
  ): Promise<void> {
    const contact = await deps.contacts.find(tx, to);
    if (contact === undefined || !(await mayAnswer(tx, contact, conversation))) return;
    if (!isTimeTo(`${toHex(conversation)} ${to} ${leaf}`)) return;
    const place = { group: talk.bytes(group), leaf: talk.bytes(leaf) };
    const signature = await sign(tx, conversation, place.group, place.leaf);
    await talk.send(tx, contact.conversation, { name: "group-left", conversation, ...place, signature });
  }

  const mayAnswer = (tx: Tx, contact: Contact, shared: Uint8Array): Promise<boolean> =>
    budgets.take(tx, "answers", `${contact.id} ${toHex(shared)}`);

  return { perform };
}
