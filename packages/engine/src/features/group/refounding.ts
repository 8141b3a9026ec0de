import { sealMessage } from "@pli/protocol/conversation";
import { createContent, encodeContent } from "@pli/protocol/content";
import { consentToAdd, encodeGroupControl, encodeRules, parseRules } from "@pli/protocol/group";
import { mayAdd, profileOf, roleOf, seatFrom, type GroupControl, type Rules } from "@pli/protocol/group";
import { toHex } from "@pli/protocol/crypto";
import type { Named, Role } from "../../api/api.ts";
import { createTxEvent, type TxEvent } from "../../runtime/tx-event.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { count } from "../../runtime/counters.ts";
import { findConversation, setConversationState, type Conversation } from "../../epochs/conversations.ts";
import type { Epochs, HeldEpoch } from "../../epochs/epochs.ts";
import { PliError } from "../../runtime/errors.ts";
import type { StoreFacts } from "../../delivery/port.ts";
import type { SendQueue } from "../../delivery/queue/send-queue.ts";
import type { Contacts } from "../../people/contacts.ts";
import type { Profiles } from "../../people/profile.ts";
import { deleteMeta, findMeta, metaOf, saveMeta } from "../../runtime/storage/meta.ts";
import { damaged, numberIn, textIn } from "../../runtime/storage/row.ts";
import type { Changes } from "./changes.ts";
import type { History } from "./history.ts";
import {
  deletePendingOperation,
  insertPendingOperation,
  leaversIn,
  listPendingOperations,
  type QueuedOperation,
  type PendingOperation,
} from "./pending-operations.ts";
import type { KeyPackages } from "./key-packages.ts";
import { listMembers, named, saveMembers } from "./members.ts";
import { foundersOf } from "./plan.ts";
import type { Talk } from "./talk.ts";
import { withdrawCommits } from "../../epochs/own-commits.ts";
import { isPendingContent } from "../../epochs/pending-contents.table.ts";
import type { Sending } from "../messages/sending.ts";

/** Among what waits to leave, the word that a group is founded again has this reference. */
export const REFOUND = "refound";
/**
 * The owner with the lowest id decides first, each other one this much later, unless somebody was
 * faster.
 */
const DECIDE_MS = 2_000;
const NEXT_OWNER_MS = 20_000;
const NOT_READY_MS = 5_000;
/** Answers that come close together are added together. */
const GATHER_MS = 2_000;
/** How long the old group is kept for those who were away. */
const DAY_MS = 86_400_000;
const OPEN_DAYS = 30;
const GROUP_ID_BYTES = 32;
const MAX_WITHOUT = 64;
/** An owner who calls again and again is given so many key packages a day. */
const OFFERS_A_DAY = 4;

type Invitation = GroupControl & { readonly name: "group-invitation" };
type RefoundOperation = PendingOperation & { readonly kind: "refound" };

/** A group that this device founded again, as long as some of its people are awaited. */
interface Open {
  /** The epoch of the old group in which they are told. */
  readonly old: number;
  /** The roles of those who are taken in. */
  readonly roles: Readonly<Record<string, Role>>;
  readonly since: number;
}

/**
 * What this device has heard about the group being founded again, since it is in this founding of
 * it.
 */
interface Heard {
  /** Owners who found it again, and without whom. */
  readonly calls: Readonly<Record<string, readonly string[]>>;
  /** Whose founding this device is in; undefined: the first. */
  readonly founder?: string;
  /** Who was left out of it, or put out of it since. */
  readonly without?: readonly string[];
  /** Owners who found it again without this person. */
  readonly leftOutBy?: readonly string[];
}

/** Where something was said: the sender is authentic. */
interface Place {
  readonly conversation: Conversation;
  readonly sender: string;
  readonly held: HeldEpoch;
}

/**
 * A member who occupies every label that an epoch has for its commit stops all changes of a group.
 * An owner then founds it again without them: another MLS group for the same conversation, to which
 * all others come over by themselves (docs/protocol.md, section 8.4).
 */
export interface Refounding {
  /** No label is left: invitations into this group that were kept may lead on now. */
  readonly outOfLabels: TxEvent<string>;
  /** A new founding has begun on this device, with nobody else in it yet. */
  readonly begun: TxEvent<HeldEpoch>;
  /** An owner invites this person into the next founding. */
  readonly invitedOver: TxEvent<{ readonly by: string; readonly invitation: Invitation }>;
  /** A signed commit of this person was passed over. */
  suspected(tx: Tx, held: HeldEpoch, profile: string): Promise<void>;
  /** No label is left for a change of the group. */
  jammed(tx: Tx, conversation: string): Promise<void>;
  /** Whether no label is left for a change of this epoch, which is the current one. */
  isJammed(tx: Tx, held: HeldEpoch): Promise<boolean>;
  /** A change was possible all the same. */
  freed(tx: Tx, conversation: string): Promise<void>;
  /**
   * A commit brought people in, or put them out: of a group that was founded again, those are out
   * of its earlier foundings too.
   */
  changed(tx: Tx, conversation: string, p: { added: readonly string[]; removed: readonly string[] }): Promise<void>;
  /** Whether somebody who writes in a group that was left behind was left there too. */
  isLeftBehind(tx: Tx, place: Place): Promise<boolean>;
  /** The person decides it. Gives the operation. */
  refound(tx: Tx, conversation: string, without: readonly string[]): Promise<number>;
  /** Whether this person may found the group again, as this epoch has it. */
  mayFound(tx: Tx, held: HeldEpoch): Promise<boolean>;
  /** Whether this person is one who may, by what is known here. */
  isFounder(tx: Tx, conversation: string, profile: string): Promise<boolean>;
  /**
   * Whether this person was in the founding before, was not left out of this one, and can be added
   * to it by this device.
   */
  mayComeOver(tx: Tx, conversation: string, profile: string): Promise<boolean>;
  isLeftOutBy(tx: Tx, conversation: string, owner: string): Promise<boolean>;
  /**
   * Nobody can bring this owner back: the group continues in a new one, with the contacts who were
   * in it, but for those who left.
   */
  foundLost(tx: Tx, conversation: string, gone: readonly string[]): Promise<void>;
  /** Our word that we found it again is stored. */
  announced(tx: Tx, conversation: string): Promise<void>;
  /** An owner founds the group again. */
  called(tx: Tx, place: Place, without: readonly string[]): Promise<void>;
  /** Somebody comes along: their key package. */
  offered(tx: Tx, place: Place, keyPackage: Uint8Array): Promise<void>;
  /** The invitation, in the old group. */
  invited(tx: Tx, place: Place, invitation: Invitation): Promise<void>;
  /** Says something in the group that was left behind, to those who cannot be reached elsewhere. */
  tellBehind(tx: Tx, conversation: string, control: GroupControl): Promise<void>;
  /** Whether an invitation of this person leads from the group we are in to its next founding. */
  mayInviteToSuccessor(tx: Tx, conversation: string, by: string): Promise<boolean>;
  /** We have come over by the invitation of `by`: the history says so. */
  onMigrated(tx: Tx, conversation: string, by: string): Promise<void>;
  tick(tx: Tx): Promise<void>;
  resume(tx: Tx): Promise<void>;
}

export function createRefounding(
  context: Context,
  p: {
    contacts: Contacts;
    epochs: Epochs;
    profiles: Profiles;
    keyPackages: KeyPackages;
    changes: Changes;
    history: History;
    talk: Talk;
    queue: SendQueue;
    sending: Sending;
    facts(store: string): StoreFacts;
  },
): Refounding {
  const { clock, crypto, groups } = context;
  const { contacts, epochs, profiles, talk } = p;
  const outOfLabels: Refounding["outOfLabels"] = createTxEvent();
  const begun: Refounding["begun"] = createTxEvent();
  const invitedOver: Refounding["invitedOver"] = createTxEvent();

  async function suspected(tx: Tx, held: HeldEpoch, profile: string): Promise<void> {
    const known = await suspectsIn(tx, held);
    if (!known.includes(profile))
      await save(tx, "suspects", held.conversation, { epoch: held.id, who: [...known, profile] });
  }

  async function suspectsIn(tx: Tx, held: HeldEpoch): Promise<readonly string[]> {
    const known = await find<{ epoch: number; who: readonly string[] }>(tx, "suspects", held.conversation);
    return known?.epoch === held.id ? known.who : [];
  }

  async function jammed(tx: Tx, id: string): Promise<void> {
    const held = await epochs.current(tx, id);
    if (held === undefined) return;
    const suspects = await named(tx, await suspectsIn(tx, held));
    await tx.sql.run("UPDATE conversations SET jammed = ? WHERE id = ?", [JSON.stringify(suspects), id]);
    tx.changed("conversations");
    // The word that the group is founded again may be spoilt: an owner's invitation has come all
    // the same.
    await outOfLabels.emit(tx, id);
    await decideLater(tx, held);
  }

  async function freed(tx: Tx, id: string): Promise<void> {
    const rows = await tx.sql.all(
      "UPDATE conversations SET jammed = NULL WHERE id = ? AND jammed IS NOT NULL RETURNING id",
      [id],
    );
    const operation = rows.length === 0 ? undefined : await wishOf(tx, id);
    if (operation !== undefined) await deletePendingOperation(tx, operation.id);
  }

  async function changed(
    tx: Tx,
    id: string,
    { added, removed }: { added: readonly string[]; removed: readonly string[] },
  ): Promise<void> {
    const heard = await heardIn(tx, id);
    if (heard.founder === undefined || added.length + removed.length === 0) return;
    const without = [...new Set([...(heard.without ?? []), ...removed])].filter((who) => !added.includes(who));
    await save(tx, "heard", id, { ...heard, without } satisfies Heard);
  }

  async function isLeftBehind(tx: Tx, { conversation, sender }: Place): Promise<boolean> {
    const { without = [] } = await heardIn(tx, conversation.id);
    return without.includes(sender);
  }

  async function decideLater(tx: Tx, held: HeldEpoch): Promise<void> {
    const suspects = await suspectsIn(tx, held);
    const owners = (await foundersIn(tx, held)).filter((owner) => !suspects.includes(owner)).toSorted();
    const turn = owners.indexOf((await profiles.get(tx)).id);
    if (turn >= 0 && suspects.length > 0) later(tx, DECIDE_MS + turn * NEXT_OWNER_MS, (now) => decide(now, held.id));
  }

  function later(tx: Tx, ms: number, work: (tx: Tx) => Promise<void>): void {
    tx.after(() => context.later(ms, work));
  }

  /** What others did about it stands in the feed: all of it is read first. */
  async function decide(tx: Tx, epoch: number): Promise<void> {
    const held = await epochs.load(tx, epoch);
    if (held === undefined || !(await isJammed(tx, held))) return;
    if (!p.facts(held.store).isReady()) return later(tx, NOT_READY_MS, (now) => decide(now, epoch));
    const { calls } = await heardIn(tx, held.conversation);
    const operation = await wishOf(tx, held.conversation);
    if (Object.keys(calls).length > 0 || operation !== undefined) return;
    await want(tx, held.conversation, await suspectsIn(tx, held));
  }

  /** The state of a conversation whose current epoch this is. */
  async function isJammed(tx: Tx, held: HeldEpoch): Promise<boolean> {
    const [row] = await tx.sql.all("SELECT jammed FROM conversations WHERE id = ?", [held.conversation]);
    const current = await epochs.current(tx, held.conversation);
    return typeof row?.["jammed"] === "string" && current?.id === held.id;
  }

  async function refound(tx: Tx, id: string, without: readonly string[]): Promise<number> {
    const held = await epochs.current(tx, id);
    const self = await profiles.get(tx);
    if (held === undefined || !(await mayFound(tx, held)) || !(await isJammed(tx, held)) || without.includes(self.id))
      throw new PliError("not_allowed");
    const members = new Set((await listMembers(tx, id)).map(({ profile }) => profile));
    if (!without.every((profile) => members.has(profile))) throw new PliError("member_unknown");
    if (without.length > MAX_WITHOUT) throw new PliError("request_malformed");
    const operation = await wishOf(tx, id);
    if (operation !== undefined) await deletePendingOperation(tx, operation.id);
    return want(tx, id, without);
  }

  async function want(tx: Tx, id: string, without: readonly string[]): Promise<number> {
    const operation = await insertPendingOperation(tx, {
      conversation: id,
      operation: { kind: "refound", without },
      createdAt: clock.now(),
    });
    const body = encodeGroupControl({ name: "group-refound", without: without.map(talk.bytes) });
    await p.sending.enqueue(tx, id, "control", body, REFOUND);
    return operation;
  }

  async function wishOf(tx: Tx, id: string): Promise<(QueuedOperation & { operation: RefoundOperation }) | undefined> {
    const found = (await listPendingOperations(tx, id)).find(({ operation }) => operation.kind === "refound");
    return found as (QueuedOperation & { operation: RefoundOperation }) | undefined;
  }

  async function announced(tx: Tx, id: string): Promise<void> {
    later(tx, GATHER_MS, (now) => found(now, id));
  }

  async function mayFound(tx: Tx, held: HeldEpoch): Promise<boolean> {
    return (await foundersIn(tx, held)).includes((await profiles.get(tx)).id);
  }

  async function mayComeOver(tx: Tx, id: string, profile: string): Promise<boolean> {
    const now = await epochs.current(tx, id);
    const { without = [] } = await heardIn(tx, id);
    if (now === undefined || without.includes(profile)) return false;
    if (!mayAdd(rulesIn(now), (await profiles.get(tx)).id)) return false;
    const groupId = toHex(groups.groupId(now.epoch.group));
    for (const row of await tx.sql.all("SELECT id FROM epochs WHERE conversation = ? ORDER BY id DESC", [id])) {
      const held = await epochs.load(tx, numberIn(row, "id"));
      if (held === undefined || toHex(groups.groupId(held.epoch.group)) === groupId) continue;
      return groups.members(held.epoch.group).some((member) => profileOf(member) === profile);
    }
    return false;
  }

  async function foundLost(tx: Tx, id: string, gone: readonly string[]): Promise<void> {
    const operation: RefoundOperation = { kind: "refound", without: [], gone };
    if ((await wishOf(tx, id)) === undefined)
      await insertPendingOperation(tx, { conversation: id, operation, createdAt: clock.now() });
    await found(tx, id);
  }

  /** The new group, as soon as somebody can be brought into it; until then the old one serves. */
  async function found(tx: Tx, id: string): Promise<void> {
    const conversation = await findConversation(tx, id);
    const old = await epochs.current(tx, id);
    const intention = await wishOf(tx, id);
    if (conversation === undefined || old === undefined || intention === undefined) return;
    if ((conversation.state !== "ready" && conversation.state !== "rejoining") || (await isUnsaid(tx, id))) return;
    const { without, gone = [] } = intention.operation;
    const roles = await awaited(tx, old, [...without, ...gone]);
    await bringContacts(tx, id, roles);
    const isAlone = !(await listPendingOperations(tx, id)).some(({ operation }) => operation.kind === "bring");
    if (isAlone && Object.keys(roles).length > 0) return;
    await deletePendingOperation(tx, intention.id);
    const held = await open(tx, conversation, old, { roles, without });
    const self = await profiles.get(tx);
    await p.history.note(tx, id, self.id, { what: "refounded", without: await named(tx, without) });
    await count(tx, "refoundings");
    await setConversationState(tx, id, "ready");
    await begun.emit(tx, held);
    await p.changes.pump(tx, id);
    tx.after(() => p.queue.kick());
  }

  async function isUnsaid(tx: Tx, id: string): Promise<boolean> {
    return isPendingContent(tx, { conversation: id, purpose: "control", reference: REFOUND });
  }

  /** Everybody else who stays, with their roles; those who said that they leave do not. */
  async function awaited(tx: Tx, old: HeldEpoch, without: readonly string[]): Promise<Record<string, Role>> {
    const rules = rulesIn(old);
    const self = await profiles.get(tx);
    const gone = new Set([self.id, ...without, ...(await leaversIn(tx, old.conversation))]);
    const present = groups.members(old.epoch.group).map((member) => profileOf(member) ?? damaged("credential"));
    const staying = [...new Set(present)].filter((profile) => !gone.has(profile));
    return Object.fromEntries(staying.map((profile) => [profile, roleOf(rules, profile)]));
  }

  /** Contacts are brought in with what they handed over long ago: they need not be there now. */
  async function bringContacts(tx: Tx, id: string, roles: Readonly<Record<string, Role>>): Promise<void> {
    const offered = await offersIn(tx, id);
    const usable = await p.keyPackages.usable(
      tx,
      Object.keys(roles).filter((profile) => !offered.has(profile)),
    );
    for (const [profile, keyPackage] of usable) {
      await bring(tx, id, {
        kind: "bring",
        profile,
        role: roles[profile] ?? "member",
        keyPackage: toHex(keyPackage),
      });
    }
  }

  async function offersIn(tx: Tx, id: string): Promise<Set<string>> {
    const intentions = await listPendingOperations(tx, id);
    return new Set(intentions.flatMap(({ operation }) => (operation.kind === "bring" ? [operation.profile] : [])));
  }

  async function bring(
    tx: Tx,
    conversation: string,
    operation: PendingOperation & { kind: "bring" },
    dueAt?: number,
  ): Promise<void> {
    await p.changes.want(tx, conversation, operation, dueAt);
  }

  async function open(
    tx: Tx,
    { id, generation, store, feed }: Conversation,
    old: HeldEpoch,
    { roles, without }: { roles: Readonly<Record<string, Role>>; without: readonly string[] },
  ): Promise<HeldEpoch> {
    const profile = await profiles.get(tx);
    const rules: Rules = { ...rulesIn(old), roles: new Map([[profile.id, "owner"]]) };
    const own = await profiles.createKeyPackage(profile);
    const groupId = crypto.random(GROUP_ID_BYTES);
    const group = await groups.createGroup({ groupId, ...own, rules: encodeRules(rules) });
    await tx.sql.run("UPDATE conversations SET generation = ?, jammed = NULL WHERE id = ?", [generation + 1, id]);
    await withdrawCommits(tx, id);
    const next = { conversation: id, generation: generation + 1, store, feed, group, beside: true } as const;
    await giveUpOld(tx, id);
    const held = await epochs.start(tx, next);
    await save(tx, "refound", id, { old: old.id, roles, since: clock.now() } satisfies Open);
    await save(tx, "heard", id, { calls: {}, founder: profile.id, without } satisfies Heard);
    await saveMembers(tx, id, rules, groups.members(group));
    return held;
  }

  const rulesIn = (held: HeldEpoch): Rules => {
    const rules = parseRules(groups.rules(held.epoch.group) ?? new Uint8Array(0));
    return rules.ok ? rules.value : damaged("rules");
  };

  async function heardIn(tx: Tx, conversation: string): Promise<Heard> {
    return (await find<Heard>(tx, "heard", conversation)) ?? { calls: {} };
  }

  /** Of two owners who do it at once, the lower id wins: the other comes over too. */
  async function called(tx: Tx, { conversation, sender, held }: Place, without: readonly string[]): Promise<void> {
    const { id } = conversation;
    const self = await profiles.get(tx);
    if (sender === self.id || !(await foundersIn(tx, held)).includes(sender)) return;
    const heard = await heardIn(tx, id);
    if (without.includes(self.id)) {
      const leftOutBy = [...new Set([...(heard.leftOutBy ?? []), sender])];
      return save(tx, "heard", id, { ...heard, leftOutBy } satisfies Heard);
    }
    const left = await find<Open>(tx, "refound", id);
    const isHere = held.generation === conversation.generation;
    // Said in a past epoch by somebody who is an owner no more, it is not a call.
    if (isHere && !(await isOwnerNow(tx, id, sender))) return;
    if (!isHere && (left?.old !== held.id || sender > self.id)) return;
    const own = await wishOf(tx, id);
    if (own !== undefined && sender > self.id) return;
    if (own !== undefined) await deletePendingOperation(tx, own.id);
    await save(tx, "heard", id, { ...heard, calls: { ...heard.calls, [sender]: without } } satisfies Heard);
    if ((await countOffers(tx, id, sender)) >= OFFERS_A_DAY) return;
    const keyPackage = await createOffer(tx, id, sender);
    const answer = { name: "group-package", keyPackage } as const;
    if (isHere) await talk.send(tx, id, answer);
    else await tellBehind(tx, id, answer);
  }

  async function countOffers(tx: Tx, id: string, owner: string): Promise<number> {
    const [row] = await tx.sql.all(
      "SELECT count(*) AS n FROM key_packages WHERE ours = 1 AND contact = ? AND used_by = ? AND abs(? - made_at) < ?",
      [owner, `refound ${id}`, clock.now(), DAY_MS],
    );
    return numberIn(row ?? {}, "n");
  }

  function createOffer(tx: Tx, id: string, owner: string): Promise<Uint8Array> {
    const consent = consentToAdd(talk.bytes(owner));
    return p.keyPackages.make(tx, owner, { consent, days: OPEN_DAYS, use: `refound ${id}` });
  }

  async function offered(tx: Tx, { conversation, sender, held }: Place, keyPackage: Uint8Array): Promise<void> {
    const { id } = conversation;
    const intention = await wishOf(tx, id);
    const left = await find<Open>(tx, "refound", id);
    const roles = intention === undefined ? left?.roles : await awaitedNow(tx, id, intention.operation.without);
    const isBehind = intention !== undefined || left?.old === held.id;
    const role = roles?.[sender];
    if (!isBehind || role === undefined || !(await isOfferOf(tx, sender, keyPackage))) return;
    if ((await offersIn(tx, id)).has(sender)) return;
    const operation = { kind: "bring", profile: sender, role, keyPackage: toHex(keyPackage) } as const;
    await bring(tx, id, operation, clock.now() + GATHER_MS);
    if (intention !== undefined) later(tx, GATHER_MS, (now) => found(now, id));
  }

  /** Whatever epoch somebody says it in, they come over as what they are now. */
  async function awaitedNow(tx: Tx, id: string, without: readonly string[]): Promise<Record<string, Role>> {
    const now = await epochs.current(tx, id);
    return now === undefined ? {} : awaited(tx, now, without);
  }

  /** A key package of this very person, made for us. */
  async function isOfferOf(tx: Tx, sender: string, keyPackage: Uint8Array): Promise<boolean> {
    const now = Math.floor(clock.now() / 1000);
    const checked = await groups.checkKeyPackage(keyPackage, now, contacts.leafCheckOfAnyone("now"));
    if (!checked.ok || seatFrom(checked.value.credential)?.profile !== sender) return false;
    const { consent } = checked.value;
    return consent !== undefined && crypto.equal(consent, consentToAdd((await profiles.get(tx)).card.id));
  }

  async function invited(tx: Tx, { conversation, sender }: Place, invitation: Invitation): Promise<void> {
    const isOfThis = crypto.equal(invitation.conversation, conversation.shared);
    if (isOfThis && (await mayInviteToSuccessor(tx, conversation.id, sender)))
      await invitedOver.emit(tx, { by: sender, invitation });
  }

  async function tellBehind(tx: Tx, id: string, control: GroupControl): Promise<void> {
    const left = await find<Open>(tx, "refound", id);
    const held = left && (await epochs.load(tx, left.old));
    if (held === undefined || held.retired) return;
    const content = encodeContent(createContent(crypto, clock.now(), encodeGroupControl(control)));
    const sealed = await sealMessage(context, held.epoch, held.feed, content);
    await epochs.saveStep(tx, { ...held, epoch: sealed.epoch }, held.epoch.ownLeaf);
    tx.after(sealed.wipe);
    await p.queue.add(tx, {
      stream: `${REFOUND} ${id}`,
      store: held.store,
      reference: "",
      puts: sealed.puts,
    });
  }

  /**
   * Whoever called as an owner of the founding before this one need not be in this one; all others
   * lead as owners of now.
   */
  async function mayInviteToSuccessor(tx: Tx, id: string, by: string): Promise<boolean> {
    const { calls, founder } = await heardIn(tx, id);
    const hasCalled = calls[by] !== undefined;
    if (founder !== undefined && by < founder && hasCalled) return true;
    if (!(await isOwnerNow(tx, id, by)) || (founder !== undefined && by >= founder && !hasCalled)) return false;
    const [row] = await tx.sql.all("SELECT jammed FROM conversations WHERE id = ?", [id]);
    return hasCalled || typeof row?.["jammed"] === "string";
  }

  async function isOwnerNow(tx: Tx, id: string, profile: string): Promise<boolean> {
    const held = await epochs.current(tx, id);
    return held !== undefined && (await foundersIn(tx, held)).includes(profile);
  }

  /** The owners who stay; if all of them said that they leave, whoever inherits the group. */
  async function foundersIn(tx: Tx, held: HeldEpoch): Promise<readonly string[]> {
    return foundersOf(rulesIn(held), groups.members(held.epoch.group), await leaversIn(tx, held.conversation));
  }

  async function onMigrated(tx: Tx, id: string, by: string): Promise<void> {
    const { calls } = await heardIn(tx, id);
    await giveUpOld(tx, id);
    const [row] = await tx.sql.all("SELECT jammed FROM conversations WHERE id = ?", [id]);
    const suspects = typeof row?.["jammed"] === "string" ? (JSON.parse(row["jammed"]) as Named[]) : [];
    const without = calls[by] === undefined ? suspects : await named(tx, calls[by]);
    await tx.sql.run("UPDATE conversations SET jammed = NULL WHERE id = ?", [id]);
    await tx.sql.run("DELETE FROM key_packages WHERE ours = 1 AND contact = ? AND used_by = ?", [by, `refound ${id}`]);
    const lower = Object.entries(calls).filter(([owner]) => owner < by);
    await save(tx, "heard", id, {
      calls: Object.fromEntries(lower),
      founder: by,
      without: without.map((who) => who.id),
    } satisfies Heard);
    await p.history.note(tx, id, by, { what: "refounded", without });
    await count(tx, "refoundings");
  }

  /** The old group is given up when everybody is here, or has had time enough. */
  async function tick(tx: Tx): Promise<void> {
    for (const id of await metaOf(tx, "refound")) {
      const left = await find<Open>(tx, "refound", id);
      const members = new Set((await listMembers(tx, id)).map(({ profile }) => profile));
      const isOver = left === undefined || clock.since(left.since) > OPEN_DAYS * DAY_MS;
      if (isOver || Object.keys(left.roles).every((profile) => members.has(profile))) await giveUpOld(tx, id);
    }
  }

  async function giveUpOld(tx: Tx, id: string): Promise<void> {
    const left = await find<Open>(tx, "refound", id);
    if (left !== undefined) await epochs.release(tx, left.old);
    await deleteMeta(tx, keyOf("refound", id));
  }

  async function resume(tx: Tx): Promise<void> {
    for (const row of await tx.sql.all("SELECT id FROM conversations WHERE jammed IS NOT NULL AND state = 'ready'")) {
      const id = textIn(row, "id");
      const held = await epochs.current(tx, id);
      if (held === undefined) continue;
      if ((await wishOf(tx, id)) === undefined) await decideLater(tx, held);
      else await announced(tx, id);
    }
  }

  return {
    outOfLabels,
    begun,
    invitedOver,
    suspected,
    jammed,
    isJammed,
    freed,
    changed,
    isLeftBehind,
    refound,
    mayFound,
    isFounder: isOwnerNow,
    mayComeOver,
    isLeftOutBy: async (tx, id, owner) => (await heardIn(tx, id)).leftOutBy?.includes(owner) === true,
    foundLost,
    announced,
    called,
    offered,
    invited,
    tellBehind,
    mayInviteToSuccessor,
    onMigrated,
    tick,
    resume,
  };
}

type Record_ = "suspects" | "heard" | "refound";
const keyOf = (name: Record_, conversation: string): string => `${name} ${conversation}`;

const find = <T>(tx: Tx, name: Record_, conversation: string): Promise<T | undefined> =>
  findMeta(tx, keyOf(name, conversation));

const save = (tx: Tx, name: Record_, conversation: string, value: unknown): Promise<void> =>
  saveMeta(tx, keyOf(name, conversation), value);
