import { sealMessage } from "@pli/protocol/conversation";
import { createContent, encodeContent } from "@pli/protocol/content";
import { consentToAdd, encodeGroupControl, encodeRules, parseRules } from "@pli/protocol/group";
import { mayAdd, profileOf, roleOf, seatFrom, type GroupControl, type Rules } from "@pli/protocol/group";
import { toHex } from "@pli/protocol/crypto";
import type { Named, Role } from "../../api/api.ts";
import type { Context, Unit } from "../../runtime/context.ts";
import { count } from "../../runtime/counters.ts";
import { findConversation, setConversationState, streamOf, type Conversation } from "../../epochs/conversations.ts";
import type { Epochs, HeldEpoch } from "../../epochs/epochs.ts";
import { PliError } from "../../runtime/errors.ts";
import type { Session } from "../../delivery/feed/session.ts";
import type { Outbox } from "../../delivery/outbox/outbox.ts";
import type { Contacts } from "../../people/contacts.ts";
import type { Profiles } from "../../people/profile.ts";
import { deleteMeta, findMeta, metaOf, saveMeta } from "../../runtime/storage/meta.ts";
import { damaged, numberIn, textIn } from "../../runtime/storage/row.ts";
import type { Changes } from "./changes.ts";
import type { History } from "./history.ts";
import {
  deleteIntention,
  insertIntention,
  leaversIn,
  listIntentions,
  type Intention,
  type Wish,
} from "./intentions.ts";
import type { KeyPackages } from "./key-packages.ts";
import { listMembers, named, saveMembers } from "./members.ts";
import { foundersOf } from "./plan.ts";
import type { Talk } from "./talk.ts";

/** The outbox knows the word that a group is founded again by this reference. */
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
type RefoundWish = Wish & { readonly kind: "refound" };

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
  /** A signed commit of this person was passed over. */
  suspected(unit: Unit, held: HeldEpoch, profile: string): Promise<void>;
  /** No label is left for a change of the group. */
  jammed(unit: Unit, conversation: string): Promise<void>;
  /** Whether no label is left for a change of this epoch, which is the current one. */
  isJammed(unit: Unit, held: HeldEpoch): Promise<boolean>;
  /** A change was possible all the same. */
  freed(unit: Unit, conversation: string): Promise<void>;
  /**
   * A commit brought people in, or put them out: of a group that was founded again, those are out
   * of its earlier foundings too.
   */
  changed(unit: Unit, conversation: string, p: { added: readonly string[]; removed: readonly string[] }): Promise<void>;
  /** Whether somebody who writes in a group that was left behind was left there too. */
  isLeftBehind(unit: Unit, place: Place): Promise<boolean>;
  /** The person decides it. Gives the wish. */
  refound(unit: Unit, conversation: string, without: readonly string[]): Promise<number>;
  /** Whether this person may found the group again, as this epoch has it. */
  mayFound(unit: Unit, held: HeldEpoch): Promise<boolean>;
  /** Whether this person is one who may, by what is known here. */
  isFounder(unit: Unit, conversation: string, profile: string): Promise<boolean>;
  /**
   * Whether this person was in the founding before, was not left out of this one, and can be added
   * to it by this device.
   */
  mayComeOver(unit: Unit, conversation: string, profile: string): Promise<boolean>;
  isLeftOutBy(unit: Unit, conversation: string, owner: string): Promise<boolean>;
  /**
   * Nobody can bring this owner back: the group continues in a new one, with the contacts who were
   * in it, but for those who left.
   */
  foundLost(unit: Unit, conversation: string, gone: readonly string[]): Promise<void>;
  /** Our word that we found it again is stored. */
  announced(unit: Unit, conversation: string): Promise<void>;
  /** An owner founds the group again. */
  called(unit: Unit, place: Place, without: readonly string[]): Promise<void>;
  /** Somebody comes along: their key package. */
  offered(unit: Unit, place: Place, keyPackage: Uint8Array): Promise<void>;
  /** The invitation, in the old group. */
  invited(unit: Unit, place: Place, invitation: Invitation): Promise<void>;
  /** Says something in the group that was left behind, to those who cannot be reached elsewhere. */
  tellBehind(unit: Unit, conversation: string, control: GroupControl): Promise<void>;
  /** Whether an invitation of this person leads from the group we are in to its next founding. */
  leadsOn(unit: Unit, conversation: string, by: string): Promise<boolean>;
  /** We have come over by the invitation of `by`: the history says so. */
  cameOver(unit: Unit, conversation: string, by: string): Promise<void>;
  tick(unit: Unit): Promise<void>;
  resume(unit: Unit): Promise<void>;
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
    outbox(): Outbox;
    session(store: string): Session;
    join(unit: Unit, by: string, invitation: Invitation): Promise<void>;
    /** Invitations into this group that were kept may lead on now. */
    joinKept(unit: Unit, conversation: string): Promise<void>;
    /** A new founding has begun on this device, with nobody else in it yet. */
    begun(unit: Unit, held: HeldEpoch): Promise<void>;
  },
): Refounding {
  const { clock, crypto, groups } = context;
  const { contacts, epochs, profiles, talk } = p;

  async function suspected(unit: Unit, held: HeldEpoch, profile: string): Promise<void> {
    const known = await suspectsIn(unit, held);
    if (!known.includes(profile))
      await save(unit, "suspects", held.conversation, { epoch: held.id, who: [...known, profile] });
  }

  async function suspectsIn(unit: Unit, held: HeldEpoch): Promise<readonly string[]> {
    const known = await find<{ epoch: number; who: readonly string[] }>(unit, "suspects", held.conversation);
    return known?.epoch === held.id ? known.who : [];
  }

  async function jammed(unit: Unit, id: string): Promise<void> {
    const held = await epochs.current(unit, id);
    if (held === undefined) return;
    const suspects = await named(unit, await suspectsIn(unit, held));
    await unit.sql.run("UPDATE conversations SET jammed = ? WHERE id = ?", [JSON.stringify(suspects), id]);
    unit.changed("conversations");
    // The word that the group is founded again may be spoilt: an owner's invitation has come all
    // the same.
    await p.joinKept(unit, id);
    await decideLater(unit, held);
  }

  async function freed(unit: Unit, id: string): Promise<void> {
    const rows = await unit.sql.all(
      "UPDATE conversations SET jammed = NULL WHERE id = ? AND jammed IS NOT NULL RETURNING id",
      [id],
    );
    const wish = rows.length === 0 ? undefined : await wishOf(unit, id);
    if (wish !== undefined) await deleteIntention(unit, wish.id);
  }

  async function changed(
    unit: Unit,
    id: string,
    { added, removed }: { added: readonly string[]; removed: readonly string[] },
  ): Promise<void> {
    const heard = await heardIn(unit, id);
    if (heard.founder === undefined || added.length + removed.length === 0) return;
    const without = [...new Set([...(heard.without ?? []), ...removed])].filter((who) => !added.includes(who));
    await save(unit, "heard", id, { ...heard, without } satisfies Heard);
  }

  async function isLeftBehind(unit: Unit, { conversation, sender }: Place): Promise<boolean> {
    const { without = [] } = await heardIn(unit, conversation.id);
    return without.includes(sender);
  }

  async function decideLater(unit: Unit, held: HeldEpoch): Promise<void> {
    const suspects = await suspectsIn(unit, held);
    const owners = (await foundersIn(unit, held)).filter((owner) => !suspects.includes(owner)).toSorted();
    const turn = owners.indexOf((await profiles.get(unit)).id);
    if (turn >= 0 && suspects.length > 0) later(unit, DECIDE_MS + turn * NEXT_OWNER_MS, (now) => decide(now, held.id));
  }

  function later(unit: Unit, ms: number, work: (unit: Unit) => Promise<void>): void {
    unit.after(() => context.later(ms, work));
  }

  /** What others did about it stands in the feed: all of it is read first. */
  async function decide(unit: Unit, epoch: number): Promise<void> {
    const held = await epochs.load(unit, epoch);
    if (held === undefined || !(await isJammed(unit, held))) return;
    if (!p.session(held.store).isReady()) return later(unit, NOT_READY_MS, (now) => decide(now, epoch));
    const { calls } = await heardIn(unit, held.conversation);
    const wish = await wishOf(unit, held.conversation);
    if (Object.keys(calls).length > 0 || wish !== undefined) return;
    await want(unit, held.conversation, await suspectsIn(unit, held));
  }

  /** The state of a conversation whose current epoch this is. */
  async function isJammed(unit: Unit, held: HeldEpoch): Promise<boolean> {
    const [row] = await unit.sql.all("SELECT jammed FROM conversations WHERE id = ?", [held.conversation]);
    const current = await epochs.current(unit, held.conversation);
    return typeof row?.["jammed"] === "string" && current?.id === held.id;
  }

  async function refound(unit: Unit, id: string, without: readonly string[]): Promise<number> {
    const held = await epochs.current(unit, id);
    const self = await profiles.get(unit);
    if (
      held === undefined ||
      !(await mayFound(unit, held)) ||
      !(await isJammed(unit, held)) ||
      without.includes(self.id)
    )
      throw new PliError("not_allowed");
    const members = new Set((await listMembers(unit, id)).map(({ profile }) => profile));
    if (!without.every((profile) => members.has(profile))) throw new PliError("member_unknown");
    if (without.length > MAX_WITHOUT) throw new PliError("request_malformed");
    const wish = await wishOf(unit, id);
    if (wish !== undefined) await deleteIntention(unit, wish.id);
    return want(unit, id, without);
  }

  async function want(unit: Unit, id: string, without: readonly string[]): Promise<number> {
    const wish = await insertIntention(unit, {
      conversation: id,
      wish: { kind: "refound", without },
      createdAt: clock.now(),
    });
    const { store } = await talk.conversation(unit, id);
    const body = encodeGroupControl({ name: "group-refound", without: without.map(talk.bytes) });
    await p.outbox().add(unit, {
      stream: streamOf(id),
      store,
      purpose: "control",
      reference: REFOUND,
      content: encodeContent(createContent(crypto, clock.now(), body)),
      puts: undefined,
    });
    return wish;
  }

  async function wishOf(unit: Unit, id: string): Promise<(Intention & { wish: RefoundWish }) | undefined> {
    const found = (await listIntentions(unit, id)).find(({ wish }) => wish.kind === "refound");
    return found as (Intention & { wish: RefoundWish }) | undefined;
  }

  async function announced(unit: Unit, id: string): Promise<void> {
    later(unit, GATHER_MS, (now) => found(now, id));
  }

  async function mayFound(unit: Unit, held: HeldEpoch): Promise<boolean> {
    return (await foundersIn(unit, held)).includes((await profiles.get(unit)).id);
  }

  async function mayComeOver(unit: Unit, id: string, profile: string): Promise<boolean> {
    const now = await epochs.current(unit, id);
    const { without = [] } = await heardIn(unit, id);
    if (now === undefined || without.includes(profile)) return false;
    if (!mayAdd(rulesIn(now), (await profiles.get(unit)).id)) return false;
    const groupId = toHex(groups.groupId(now.epoch.group));
    for (const row of await unit.sql.all("SELECT id FROM epochs WHERE conversation = ? ORDER BY id DESC", [id])) {
      const held = await epochs.load(unit, numberIn(row, "id"));
      if (held === undefined || toHex(groups.groupId(held.epoch.group)) === groupId) continue;
      return groups.members(held.epoch.group).some((member) => profileOf(member) === profile);
    }
    return false;
  }

  async function foundLost(unit: Unit, id: string, gone: readonly string[]): Promise<void> {
    const wish: RefoundWish = { kind: "refound", without: [], gone };
    if ((await wishOf(unit, id)) === undefined)
      await insertIntention(unit, { conversation: id, wish, createdAt: clock.now() });
    await found(unit, id);
  }

  /** The new group, as soon as somebody can be brought into it; until then the old one serves. */
  async function found(unit: Unit, id: string): Promise<void> {
    const conversation = await findConversation(unit, id);
    const old = await epochs.current(unit, id);
    const intention = await wishOf(unit, id);
    if (conversation === undefined || old === undefined || intention === undefined) return;
    if ((conversation.state !== "ready" && conversation.state !== "rejoining") || (await isUnsaid(unit, id))) return;
    const { without, gone = [] } = intention.wish;
    const roles = await awaited(unit, old, [...without, ...gone]);
    await bringContacts(unit, id, roles);
    const isAlone = !(await listIntentions(unit, id)).some(({ wish }) => wish.kind === "bring");
    if (isAlone && Object.keys(roles).length > 0) return;
    await deleteIntention(unit, intention.id);
    const held = await open(unit, conversation, old, { roles, without });
    const self = await profiles.get(unit);
    await p.history.note(unit, id, self.id, { what: "refounded", without: await named(unit, without) });
    await count(unit, "refoundings");
    await setConversationState(unit, id, "ready");
    await p.begun(unit, held);
    await p.changes.pump(unit, id);
    unit.after(() => p.outbox().kick());
  }

  async function isUnsaid(unit: Unit, id: string): Promise<boolean> {
    const unsaid = "SELECT 1 FROM outbox WHERE stream = ? AND purpose = 'control' AND reference = ?";
    return (await unit.sql.all(unsaid, [streamOf(id), REFOUND])).length > 0;
  }

  /** Everybody else who stays, with their roles; those who said that they leave do not. */
  async function awaited(unit: Unit, old: HeldEpoch, without: readonly string[]): Promise<Record<string, Role>> {
    const rules = rulesIn(old);
    const self = await profiles.get(unit);
    const gone = new Set([self.id, ...without, ...(await leaversIn(unit, old.conversation))]);
    const present = groups.members(old.epoch.group).map((member) => profileOf(member) ?? damaged("credential"));
    const staying = [...new Set(present)].filter((profile) => !gone.has(profile));
    return Object.fromEntries(staying.map((profile) => [profile, roleOf(rules, profile)]));
  }

  /** Contacts are brought in with what they handed over long ago: they need not be there now. */
  async function bringContacts(unit: Unit, id: string, roles: Readonly<Record<string, Role>>): Promise<void> {
    const offered = await offersIn(unit, id);
    const usable = await p.keyPackages.usable(
      unit,
      Object.keys(roles).filter((profile) => !offered.has(profile)),
    );
    for (const [profile, keyPackage] of usable) {
      await bring(unit, id, {
        kind: "bring",
        profile,
        role: roles[profile] ?? "member",
        keyPackage: toHex(keyPackage),
      });
    }
  }

  async function offersIn(unit: Unit, id: string): Promise<Set<string>> {
    const intentions = await listIntentions(unit, id);
    return new Set(intentions.flatMap(({ wish }) => (wish.kind === "bring" ? [wish.profile] : [])));
  }

  async function bring(
    unit: Unit,
    conversation: string,
    wish: Wish & { kind: "bring" },
    dueAt?: number,
  ): Promise<void> {
    await p.changes.want(unit, conversation, wish, dueAt);
  }

  async function open(
    unit: Unit,
    { id, generation, store, feed }: Conversation,
    old: HeldEpoch,
    { roles, without }: { roles: Readonly<Record<string, Role>>; without: readonly string[] },
  ): Promise<HeldEpoch> {
    const profile = await profiles.get(unit);
    const rules: Rules = { ...rulesIn(old), roles: new Map([[profile.id, "owner"]]) };
    const own = await profiles.createKeyPackage(profile);
    const groupId = crypto.random(GROUP_ID_BYTES);
    const group = await groups.createGroup({ groupId, ...own, rules: encodeRules(rules) });
    await unit.sql.run("UPDATE conversations SET generation = ?, jammed = NULL WHERE id = ?", [generation + 1, id]);
    await unit.sql.run("DELETE FROM outbox WHERE stream = ? AND purpose = 'commit'", [streamOf(id)]);
    const next = { conversation: id, generation: generation + 1, store, feed, group, beside: true } as const;
    await giveUpOld(unit, id);
    const held = await epochs.start(unit, next);
    await save(unit, "refound", id, { old: old.id, roles, since: clock.now() } satisfies Open);
    await save(unit, "heard", id, { calls: {}, founder: profile.id, without } satisfies Heard);
    await saveMembers(unit, id, rules, groups.members(group));
    return held;
  }

  const rulesIn = (held: HeldEpoch): Rules => {
    const rules = parseRules(groups.rules(held.epoch.group) ?? new Uint8Array(0));
    return rules.ok ? rules.value : damaged("rules");
  };

  async function heardIn(unit: Unit, conversation: string): Promise<Heard> {
    return (await find<Heard>(unit, "heard", conversation)) ?? { calls: {} };
  }

  /** Of two owners who do it at once, the lower id wins: the other comes over too. */
  async function called(unit: Unit, { conversation, sender, held }: Place, without: readonly string[]): Promise<void> {
    const { id } = conversation;
    const self = await profiles.get(unit);
    if (sender === self.id || !(await foundersIn(unit, held)).includes(sender)) return;
    const heard = await heardIn(unit, id);
    if (without.includes(self.id)) {
      const leftOutBy = [...new Set([...(heard.leftOutBy ?? []), sender])];
      return save(unit, "heard", id, { ...heard, leftOutBy } satisfies Heard);
    }
    const left = await find<Open>(unit, "refound", id);
    const isHere = held.generation === conversation.generation;
    // Said in a past epoch by somebody who is an owner no more, it is not a call.
    if (isHere && !(await isOwnerNow(unit, id, sender))) return;
    if (!isHere && (left?.old !== held.id || sender > self.id)) return;
    const own = await wishOf(unit, id);
    if (own !== undefined && sender > self.id) return;
    if (own !== undefined) await deleteIntention(unit, own.id);
    await save(unit, "heard", id, { ...heard, calls: { ...heard.calls, [sender]: without } } satisfies Heard);
    if ((await countOffers(unit, id, sender)) >= OFFERS_A_DAY) return;
    const keyPackage = await createOffer(unit, id, sender);
    const answer = { name: "group-package", keyPackage } as const;
    if (isHere) await talk.send(unit, id, answer);
    else await tellBehind(unit, id, answer);
  }

  async function countOffers(unit: Unit, id: string, owner: string): Promise<number> {
    const [row] = await unit.sql.all(
      "SELECT count(*) AS n FROM key_packages WHERE ours = 1 AND contact = ? AND used_by = ? AND abs(? - made_at) < ?",
      [owner, `refound ${id}`, clock.now(), DAY_MS],
    );
    return numberIn(row ?? {}, "n");
  }

  function createOffer(unit: Unit, id: string, owner: string): Promise<Uint8Array> {
    const consent = consentToAdd(talk.bytes(owner));
    return p.keyPackages.make(unit, owner, { consent, days: OPEN_DAYS, use: `refound ${id}` });
  }

  async function offered(unit: Unit, { conversation, sender, held }: Place, keyPackage: Uint8Array): Promise<void> {
    const { id } = conversation;
    const intention = await wishOf(unit, id);
    const left = await find<Open>(unit, "refound", id);
    const roles = intention === undefined ? left?.roles : await awaitedNow(unit, id, intention.wish.without);
    const isBehind = intention !== undefined || left?.old === held.id;
    const role = roles?.[sender];
    if (!isBehind || role === undefined || !(await isOfferOf(unit, sender, keyPackage))) return;
    if ((await offersIn(unit, id)).has(sender)) return;
    const wish = { kind: "bring", profile: sender, role, keyPackage: toHex(keyPackage) } as const;
    await bring(unit, id, wish, clock.now() + GATHER_MS);
    if (intention !== undefined) later(unit, GATHER_MS, (now) => found(now, id));
  }

  /** Whatever epoch somebody says it in, they come over as what they are now. */
  async function awaitedNow(unit: Unit, id: string, without: readonly string[]): Promise<Record<string, Role>> {
    const now = await epochs.current(unit, id);
    return now === undefined ? {} : awaited(unit, now, without);
  }

  /** A key package of this very person, made for us. */
  async function isOfferOf(unit: Unit, sender: string, keyPackage: Uint8Array): Promise<boolean> {
    const now = Math.floor(clock.now() / 1000);
    const checked = await groups.checkKeyPackage(keyPackage, now, contacts.leafCheckOfAnyone("now"));
    if (!checked.ok || seatFrom(checked.value.credential)?.profile !== sender) return false;
    const { consent } = checked.value;
    return consent !== undefined && crypto.equal(consent, consentToAdd((await profiles.get(unit)).card.id));
  }

  async function invited(unit: Unit, { conversation, sender }: Place, invitation: Invitation): Promise<void> {
    const isOfThis = crypto.equal(invitation.conversation, conversation.shared);
    if (isOfThis && (await leadsOn(unit, conversation.id, sender))) await p.join(unit, sender, invitation);
  }

  async function tellBehind(unit: Unit, id: string, control: GroupControl): Promise<void> {
    const left = await find<Open>(unit, "refound", id);
    const held = left && (await epochs.load(unit, left.old));
    if (held === undefined || held.retired) return;
    const content = encodeContent(createContent(crypto, clock.now(), encodeGroupControl(control)));
    const sealed = await sealMessage(context, held.epoch, held.feed, content);
    await epochs.saveStep(unit, { ...held, epoch: sealed.epoch }, held.epoch.ownLeaf);
    unit.after(sealed.wipe);
    await p.outbox().add(unit, {
      stream: `${REFOUND} ${id}`,
      store: held.store,
      purpose: "object",
      reference: "",
      content: undefined,
      puts: sealed.puts,
    });
  }

  /**
   * Whoever called as an owner of the founding before this one need not be in this one; all others
   * lead as owners of now.
   */
  async function leadsOn(unit: Unit, id: string, by: string): Promise<boolean> {
    const { calls, founder } = await heardIn(unit, id);
    const hasCalled = calls[by] !== undefined;
    if (founder !== undefined && by < founder && hasCalled) return true;
    if (!(await isOwnerNow(unit, id, by)) || (founder !== undefined && by >= founder && !hasCalled)) return false;
    const [row] = await unit.sql.all("SELECT jammed FROM conversations WHERE id = ?", [id]);
    return hasCalled || typeof row?.["jammed"] === "string";
  }

  async function isOwnerNow(unit: Unit, id: string, profile: string): Promise<boolean> {
    const held = await epochs.current(unit, id);
    return held !== undefined && (await foundersIn(unit, held)).includes(profile);
  }

  /** The owners who stay; if all of them said that they leave, whoever inherits the group. */
  async function foundersIn(unit: Unit, held: HeldEpoch): Promise<readonly string[]> {
    return foundersOf(rulesIn(held), groups.members(held.epoch.group), await leaversIn(unit, held.conversation));
  }

  async function cameOver(unit: Unit, id: string, by: string): Promise<void> {
    const { calls } = await heardIn(unit, id);
    await giveUpOld(unit, id);
    const [row] = await unit.sql.all("SELECT jammed FROM conversations WHERE id = ?", [id]);
    const suspects = typeof row?.["jammed"] === "string" ? (JSON.parse(row["jammed"]) as Named[]) : [];
    const without = calls[by] === undefined ? suspects : await named(unit, calls[by]);
    await unit.sql.run("UPDATE conversations SET jammed = NULL WHERE id = ?", [id]);
    await unit.sql.run("DELETE FROM key_packages WHERE ours = 1 AND contact = ? AND used_by = ?", [
      by,
      `refound ${id}`,
    ]);
    const lower = Object.entries(calls).filter(([owner]) => owner < by);
    await save(unit, "heard", id, {
      calls: Object.fromEntries(lower),
      founder: by,
      without: without.map((who) => who.id),
    } satisfies Heard);
    await p.history.note(unit, id, by, { what: "refounded", without });
    await count(unit, "refoundings");
  }

  /** The old group is given up when everybody is here, or has had time enough. */
  async function tick(unit: Unit): Promise<void> {
    for (const id of await metaOf(unit, "refound")) {
      const left = await find<Open>(unit, "refound", id);
      const members = new Set((await listMembers(unit, id)).map(({ profile }) => profile));
      const isOver = left === undefined || clock.since(left.since) > OPEN_DAYS * DAY_MS;
      if (isOver || Object.keys(left.roles).every((profile) => members.has(profile))) await giveUpOld(unit, id);
    }
  }

  async function giveUpOld(unit: Unit, id: string): Promise<void> {
    const left = await find<Open>(unit, "refound", id);
    if (left !== undefined) await epochs.release(unit, left.old);
    await deleteMeta(unit, keyOf("refound", id));
  }

  async function resume(unit: Unit): Promise<void> {
    for (const row of await unit.sql.all("SELECT id FROM conversations WHERE jammed IS NOT NULL AND state = 'ready'")) {
      const id = textIn(row, "id");
      const held = await epochs.current(unit, id);
      if (held === undefined) continue;
      if ((await wishOf(unit, id)) === undefined) await decideLater(unit, held);
      else await announced(unit, id);
    }
  }

  return {
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
    isLeftOutBy: async (unit, id, owner) => (await heardIn(unit, id)).leftOutBy?.includes(owner) === true,
    foundLost,
    announced,
    called,
    offered,
    invited,
    tellBehind,
    leadsOn,
    cameOver,
    tick,
    resume,
  };
}

type Record_ = "suspects" | "heard" | "refound";
const keyOf = (name: Record_, conversation: string): string => `${name} ${conversation}`;

const find = <T>(unit: Unit, name: Record_, conversation: string): Promise<T | undefined> =>
  findMeta(unit, keyOf(name, conversation));

const save = (unit: Unit, name: Record_, conversation: string, value: unknown): Promise<void> =>
  saveMeta(unit, keyOf(name, conversation), value);
