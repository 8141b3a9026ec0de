import { createContent, encodeContent } from "@pli/protocol/content";
import {
  createLeaveStatement,
  encodeGroupControl,
  isLeader,
  parseRules,
  profileOf,
  roleOf,
  verifyLeaveStatement,
  type GroupControl,
} from "@pli/protocol/group";
import type { Member } from "@pli/protocol/conversation";
import { toHex } from "@pli/protocol/crypto";
import { fractionFrom } from "../../runtime/chance.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { findConversation, setConversationState, streamOf, type Conversation } from "../../epochs/conversations.ts";
import type { Epochs, HeldEpoch } from "../../epochs/epochs.ts";
import type { Messages } from "../messages/messages.ts";
import type { Outbox } from "../../delivery/outbox/outbox.ts";
import type { Contact } from "../../people/contacts.ts";
import type { Profiles } from "../../people/profile.ts";
import { damaged } from "../../runtime/storage/row.ts";
import type { Changes } from "./changes.ts";
import type { History } from "./history.ts";
import {
  deletePendingOperationsOf,
  leaversIn,
  listPendingOperations,
  type PendingOperation,
} from "./pending-operations.ts";
import { findGroup, named } from "./members.ts";
import { isLastOwner } from "./plan.ts";

/** The outbox knows the word of leaving by this reference. */
export const LEAVE = "leave";
/**
 * Those who lead a group take somebody out who left at once, the others after a while, each at
 * another moment.
 */
const LEADER_DELAY_MS = 2_000;
const OTHERS_WAIT_MS = 10_000;
const SPREAD_PER_MEMBER_MS = 500;
const MAX_SPREAD_MS = 300_000;

type Word = GroupControl & { readonly name: "group-left" };

/**
 * Going out of a group by one's own will: said in the group, and made true by whoever sees it
 * first.
 */
export interface Leaving {
  /** Says it, as soon as no successor is needed any more; alone, there is nobody to tell. */
  depart(tx: Tx, conversation: string): Promise<void>;
  /** The word is stored: this device is out. */
  gone(tx: Tx, conversation: string): Promise<void>;
  /** Somebody says in the group that they leave, from this leaf. */
  heard(tx: Tx, conversation: string, profile: string, leaf: number, signature: Uint8Array): Promise<void>;
  /** A contact who has left, and could not say so in the group, says it between two. */
  told(tx: Tx, contact: Contact, word: Word): Promise<void>;
}

export function createLeaving(
  context: Context,
  p: {
    epochs: Epochs;
    profiles: Profiles;
    messages: Messages;
    changes: Changes;
    history: History;
    outbox: Outbox;
  },
): Leaving {
  const { clock, crypto, groups } = context;
  const { epochs, profiles } = p;

  async function depart(tx: Tx, id: string): Promise<void> {
    const conversation = await findConversation(tx, id);
    const held = await epochs.current(tx, id);
    if (conversation === undefined || held === undefined) return;
    const members = groups.members(held.epoch.group);
    if (members.length === 1) return gone(tx, id);
    await unsay(tx, id);
    if (await waitsForSuccessor(tx, held)) return;
    const own = members.find(({ leaf }) => leaf === held.epoch.ownLeaf) ?? damaged("own leaf");
    const signature = createLeaveStatement(crypto, {
      conversation: conversation.shared,
      groupId: groups.groupId(held.epoch.group),
      encryptionKey: own.encryptionKey,
      signKey: (await profiles.get(tx)).deviceKeys.secretKey,
    });
    const body = encodeGroupControl({ name: "group-leave", signature });
    await p.outbox.add(tx, {
      stream: streamOf(id),
      store: conversation.store,
      purpose: "control",
      reference: LEAVE,
      content: encodeContent(createContent(crypto, clock.now(), body)),
      puts: undefined,
    });
  }

  /**
   * What waits to be said was signed for the keys of an earlier epoch: with other keys nobody would
   * believe it.
   */
  async function unsay(tx: Tx, id: string): Promise<void> {
    const said = "DELETE FROM outbox WHERE stream = ? AND purpose = 'control' AND reference = ?";
    await tx.sql.run(said, [streamOf(id), LEAVE]);
  }

  /**
   * The last owner goes when the one they named is an owner; where nobody was named, the rules say
   * who inherits.
   */
  async function waitsForSuccessor(tx: Tx, { conversation, epoch }: HeldEpoch): Promise<boolean> {
    const rules = parseRules(groups.rules(epoch.group) ?? new Uint8Array(0));
    const self = await profiles.get(tx);
    const operations = (await listPendingOperations(tx, conversation)).map(({ operation }) => operation);
    const isNamed = operations.some((operation) => operation.kind === "leave" && operation.successor !== undefined);
    return isNamed && rules.ok && isLastOwner(rules.value, self.id, await leaversIn(tx, conversation));
  }

  async function gone(tx: Tx, id: string): Promise<void> {
    const self = await profiles.get(tx);
    await setConversationState(tx, id, "left");
    await epochs.eraseAll(tx, id);
    await deletePendingOperationsOf(tx, id);
    await tx.sql.run("DELETE FROM outbox WHERE stream = ?", [streamOf(id)]);
    await p.messages.failAll(tx, id, "not_in_group");
    await p.history.note(tx, id, self.id, { what: "left", who: await named(tx, [self.id]) });
  }

  async function heard(tx: Tx, id: string, profile: string, leaf: number, signature: Uint8Array): Promise<void> {
    await believe(tx, id, (member) => member.leaf === leaf && profileOf(member) === profile, signature);
  }

  async function told(tx: Tx, { id: profile }: Contact, word: Word): Promise<void> {
    const conversation = await findGroup(tx, word.conversation);
    if (conversation === undefined) return;
    const isTheirs = (member: Member): boolean =>
      profileOf(member) === profile && crypto.equal(member.encryptionKey, word.leaf);
    await believe(tx, conversation.id, isTheirs, word.signature);
  }

  /** The word is good for one leaf of one MLS group. */
  async function believe(
    tx: Tx,
    id: string,
    isLeaver: (member: Member) => boolean,
    signature: Uint8Array,
  ): Promise<void> {
    const conversation = await findConversation(tx, id);
    const held = await epochs.current(tx, id);
    if (conversation === undefined || held === undefined || !isThere(conversation)) return;
    const { group } = held.epoch;
    const members = groups.members(group);
    const leaver = members.find(isLeaver);
    const named = { conversation: conversation.shared, groupId: groups.groupId(group) };
    if (leaver === undefined || !verifyLeaveStatement(crypto, named, leaver, signature)) return;
    const [leaf, profile] = [leaver.leaf, profileOf(leaver) ?? damaged("credential")];
    const operation = { kind: "left", leaf, profile, signature: toHex(signature) } as const;
    if (await isWanted(tx, id, operation)) return;
    await p.changes.want(tx, id, operation, clock.now() + (await delayOf(tx, held, members.length)));
  }

  /** A device that cannot go on at the moment keeps the word until it can. */
  const isThere = ({ state }: Conversation): boolean => state === "ready" || state === "rejoining";

  /** Ed25519 gives one signature for one statement: said again, it is the same operation. */
  async function isWanted(tx: Tx, id: string, operation: PendingOperation): Promise<boolean> {
    const rows = await tx.sql.all("SELECT 1 FROM intentions WHERE conversation = ? AND kind = 'left' AND body = ?", [
      id,
      JSON.stringify(operation),
    ]);
    return rows.length > 0;
  }

  async function delayOf(tx: Tx, held: HeldEpoch, members: number): Promise<number> {
    const rules = parseRules(groups.rules(held.epoch.group) ?? new Uint8Array(0));
    const role = rules.ok ? roleOf(rules.value, (await profiles.get(tx)).id) : "member";
    const random = fractionFrom(crypto.random(2));
    if (isLeader(role)) return Math.round(random * LEADER_DELAY_MS);
    return OTHERS_WAIT_MS + Math.round(random * Math.min(MAX_SPREAD_MS, members * SPREAD_PER_MEMBER_MS));
  }

  return { depart, gone, heard, told };
}
