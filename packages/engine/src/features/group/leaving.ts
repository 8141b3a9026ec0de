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
import type { Context, Unit } from "../../runtime/context.ts";
import { findConversation, setConversationState, streamOf, type Conversation } from "../../epochs/conversations.ts";
import type { Epochs, HeldEpoch } from "../../epochs/epochs.ts";
import type { Messages } from "../messages/messages.ts";
import type { Outbox } from "../../delivery/outbox/outbox.ts";
import type { Contact } from "../../people/contacts.ts";
import type { Profiles } from "../../people/profile.ts";
import { damaged } from "../../runtime/storage/row.ts";
import type { Changes } from "./changes.ts";
import type { History } from "./history.ts";
import { deleteIntentionsOf, leaversIn, listIntentions, type Wish } from "./intentions.ts";
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
  depart(unit: Unit, conversation: string): Promise<void>;
  /** The word is stored: this device is out. */
  gone(unit: Unit, conversation: string): Promise<void>;
  /** Somebody says in the group that they leave, from this leaf. */
  heard(unit: Unit, conversation: string, profile: string, leaf: number, signature: Uint8Array): Promise<void>;
  /** A contact who has left, and could not say so in the group, says it between two. */
  told(unit: Unit, contact: Contact, word: Word): Promise<void>;
}

export function createLeaving(
  context: Context,
  p: {
    epochs: Epochs;
    profiles: Profiles;
    messages: Messages;
    changes: Changes;
    history: History;
    outbox(): Outbox;
  },
): Leaving {
  const { clock, crypto, groups } = context;
  const { epochs, profiles } = p;

  async function depart(unit: Unit, id: string): Promise<void> {
    const conversation = await findConversation(unit, id);
    const held = await epochs.current(unit, id);
    if (conversation === undefined || held === undefined) return;
    const members = groups.members(held.epoch.group);
    if (members.length === 1) return gone(unit, id);
    await unsay(unit, id);
    if (await waitsForSuccessor(unit, held)) return;
    const own = members.find(({ leaf }) => leaf === held.epoch.ownLeaf) ?? damaged("own leaf");
    const signature = createLeaveStatement(crypto, {
      conversation: conversation.shared,
      groupId: groups.groupId(held.epoch.group),
      encryptionKey: own.encryptionKey,
      signKey: (await profiles.get(unit)).deviceKeys.secretKey,
    });
    const body = encodeGroupControl({ name: "group-leave", signature });
    await p.outbox().add(unit, {
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
  async function unsay(unit: Unit, id: string): Promise<void> {
    const said = "DELETE FROM outbox WHERE stream = ? AND purpose = 'control' AND reference = ?";
    await unit.sql.run(said, [streamOf(id), LEAVE]);
  }

  /**
   * The last owner goes when the one they named is an owner; where nobody was named, the rules say
   * who inherits.
   */
  async function waitsForSuccessor(unit: Unit, { conversation, epoch }: HeldEpoch): Promise<boolean> {
    const rules = parseRules(groups.rules(epoch.group) ?? new Uint8Array(0));
    const self = await profiles.get(unit);
    const wishes = (await listIntentions(unit, conversation)).map(({ wish }) => wish);
    const isNamed = wishes.some((wish) => wish.kind === "leave" && wish.successor !== undefined);
    return isNamed && rules.ok && isLastOwner(rules.value, self.id, await leaversIn(unit, conversation));
  }

  async function gone(unit: Unit, id: string): Promise<void> {
    const self = await profiles.get(unit);
    await setConversationState(unit, id, "left");
    await epochs.eraseAll(unit, id);
    await deleteIntentionsOf(unit, id);
    await unit.sql.run("DELETE FROM outbox WHERE stream = ?", [streamOf(id)]);
    await p.messages.failAll(unit, id, "not_in_group");
    await p.history.note(unit, id, self.id, { what: "left", who: await named(unit, [self.id]) });
  }

  async function heard(unit: Unit, id: string, profile: string, leaf: number, signature: Uint8Array): Promise<void> {
    await believe(unit, id, (member) => member.leaf === leaf && profileOf(member) === profile, signature);
  }

  async function told(unit: Unit, { id: profile }: Contact, word: Word): Promise<void> {
    const conversation = await findGroup(unit, word.conversation);
    if (conversation === undefined) return;
    const isTheirs = (member: Member): boolean =>
      profileOf(member) === profile && crypto.equal(member.encryptionKey, word.leaf);
    await believe(unit, conversation.id, isTheirs, word.signature);
  }

  /** The word is good for one leaf of one MLS group. */
  async function believe(
    unit: Unit,
    id: string,
    isLeaver: (member: Member) => boolean,
    signature: Uint8Array,
  ): Promise<void> {
    const conversation = await findConversation(unit, id);
    const held = await epochs.current(unit, id);
    if (conversation === undefined || held === undefined || !isThere(conversation)) return;
    const { group } = held.epoch;
    const members = groups.members(group);
    const leaver = members.find(isLeaver);
    const named = { conversation: conversation.shared, groupId: groups.groupId(group) };
    if (leaver === undefined || !verifyLeaveStatement(crypto, named, leaver, signature)) return;
    const [leaf, profile] = [leaver.leaf, profileOf(leaver) ?? damaged("credential")];
    const wish = { kind: "left", leaf, profile, signature: toHex(signature) } as const;
    if (await isWanted(unit, id, wish)) return;
    await p.changes.want(unit, id, wish, clock.now() + (await delayOf(unit, held, members.length)));
  }

  /** A device that cannot go on at the moment keeps the word until it can. */
  const isThere = ({ state }: Conversation): boolean => state === "ready" || state === "rejoining";

  /** Ed25519 gives one signature for one statement: said again, it is the same wish. */
  async function isWanted(unit: Unit, id: string, wish: Wish): Promise<boolean> {
    const rows = await unit.sql.all("SELECT 1 FROM intentions WHERE conversation = ? AND kind = 'left' AND body = ?", [
      id,
      JSON.stringify(wish),
    ]);
    return rows.length > 0;
  }

  async function delayOf(unit: Unit, held: HeldEpoch, members: number): Promise<number> {
    const rules = parseRules(groups.rules(held.epoch.group) ?? new Uint8Array(0));
    const role = rules.ok ? roleOf(rules.value, (await profiles.get(unit)).id) : "member";
    const random = fractionFrom(crypto.random(2));
    if (isLeader(role)) return Math.round(random * LEADER_DELAY_MS);
    return OTHERS_WAIT_MS + Math.round(random * Math.min(MAX_SPREAD_MS, members * SPREAD_PER_MEMBER_MS));
  }

  return { depart, gone, heard, told };
}
