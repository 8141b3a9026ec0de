import { messageIdFrom, parseContent } from "@pli/protocol/content";
import { MAX_TREE_BYTES, MAX_WELCOME_BYTES, type GroupState } from "@pli/protocol/conversation";
import { MAX_ROSTER_BYTES, parseRoster, parseRules, profileOf, rosterProblem } from "@pli/protocol/group";
import type { Roster, Rules } from "@pli/protocol/group";
import { toHex } from "@pli/protocol/crypto";
import { unpadObject } from "@pli/protocol/object";
import { MESSAGE_ROW_BYTES } from "../../runtime/budgets.ts";
import type { ConversationView } from "../../api/api.ts";
import { createTxEvent, type TxEvent } from "../../runtime/tx-event.ts";
import type { Stores } from "../../delivery/stores.ts";
import type { Arrivals } from "./arrivals.ts";
import type { FirstJoins } from "./first-joins.ts";
import type { GroupRejoining } from "./rejoin.ts";
import type { Successors } from "./successors.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { streamOf } from "../../epochs/conversations.ts";
import {
  findGroup,
  deleteConversation,
  findConversation,
  groupName,
  insertConversation,
  listJoining,
  noteActive,
  saveJoined,
  saveProgress,
  setConversationState,
  setGroupName,
  setShared,
  type Conversation,
} from "../../epochs/conversations.table.ts";
import type { Epochs } from "../../epochs/epochs.ts";
import { wasErased } from "../messages/erasing.ts";
import { lifetimeOf } from "../disappearing/lifetimes.ts";
import type { Messages } from "../messages/messages.ts";
import type { Sending } from "../messages/sending.ts";
import { FEED, type Delivery, type ObjectAnswer } from "../../delivery/port.ts";
import type { Contact, Contacts } from "../../people/contacts.ts";
import type { Profiles } from "../../people/profile.ts";
import type { Doubts } from "./doubts.ts";
import type { History } from "./history.ts";
import { keptFrom, type Invitation, type Kept, type KeptPlace } from "./invitations.ts";
import {
  countInvitationsIntoNew,
  deleteInvitation,
  deleteInvitationsInto,
  deleteInvitationsOf,
  findInvitation,
  listInvitations,
  listInvitationsOnTheWay,
  saveInvitation,
} from "./invitations.table.ts";
import { deleteKeyPackage, listOurs } from "./key-packages.table.ts";
import { isMember, listMembers } from "./members.table.ts";
import { saveMembers } from "./members.ts";
import { named, savePersonTold } from "./people.table.ts";
import { ANSWERED_WITHIN_MS } from "./offers.ts";
import type { People } from "./people.ts";
import type { Pictures } from "./pictures.ts";
import type { Questions } from "./questions.ts";
import type { Talk } from "./talk.ts";
import { moveStream } from "../../delivery/queue/send-queue.table.ts";
import { findWay, forgetWay, saveWay } from "./ways.ts";

const LOCAL_ID_BYTES = 16;
const SHARED_ID_BYTES = 32;
/** Groups that one contact may announce and this device has not got to yet. */
const MAX_WAITING = 16;
/** How many bytes must have come before people see again how far it is. */
const PROGRESS_STEP = 256 * 1024;

/** Padding at most doubles. */
const PADDED = 2;

/** How long a store that has never answered is called for the sake of a group. */
const CALLED_MS = 7 * 86_400_000;

/** The person has ended it: nothing more is fetched. */
class Stopped extends Error {}

/**
 * Joining a group: what the invitation points at is fetched, checked and opened, and the
 * conversation is there.
 */
export interface Joining {
  /**
   * The group continues here, in its state of this moment. `comers`: who came in since this device
   * knew it; this person, if it did not.
   */
  readonly joined: TxEvent<{ readonly conversation: Conversation; readonly comers: readonly string[] }>;
  /** This device has moved to another history of the group, in which these contacts are not. */
  readonly parted: TxEvent<{ readonly conversation: Conversation; readonly contacts: readonly Contact[] }>;
  /** An invitation of `by` led nowhere. */
  readonly failed: TxEvent<{ readonly shared: Uint8Array; readonly by: string }>;
  /** Somebody invites us, in the conversation between the two. `by`: a contact. */
  invited(tx: Tx, by: string, invitation: Invitation): Promise<void>;
  /** Follows an invitation that the person was asked about. */
  follow(tx: Tx, by: string, kept: Kept): Promise<void>;
  /** The person comes into a group: the invitation of who asked is awaited, and shown. */
  wait(tx: Tx, group: { shared: string; by: string; title: string; store: string }): Promise<void>;
  /** The person wants to come into it no more, or nobody lets them in. */
  stop(tx: Tx, conversation: string): Promise<void>;
  /**
   * This contact does not wait any more for the person to come: neither does this device, unless an
   * invitation has come.
   */
  withdrawn(tx: Tx, by: string, shared: Uint8Array): Promise<void>;
  /**
   * Nothing that comes from this contact is followed any more. `accepted`: groups, hexadecimal,
   * that were accepted from them.
   */
  stopFrom(tx: Tx, contact: string, accepted: readonly string[]): Promise<void>;
  /** What a group waits for that is being joined. */
  view(tx: Tx, conversation: string): Promise<ConversationView["joining"]>;
  /** Ways that lead nowhere end. */
  tick(tx: Tx): Promise<void>;
  /**
   * We are out of this group: an invitation that came before we knew is taken up; after leaving,
   * only if the person wants it.
   */
  wasRemoved(tx: Tx, conversation: string, isLeaving: boolean): Promise<void>;
  /** Invitations into this group that were kept are taken up if they lead on from it by now. */
  joinKept(tx: Tx, conversation: string): Promise<void>;
  /** Takes up what a stop interrupted. */
  resume(tx: Tx): Promise<void>;
}

export function createJoining(
  context: Context,
  deps: {
    contacts: Contacts;
    epochs: Epochs;
    history: History;
    messages: Messages;
    people: People;
    pictures: Pictures;
    profiles: Profiles;
    sending: Sending;
    talk: Talk;
    questions: Pick<Questions, "mayFollow" | "came" | "gaveUp">;
    delivery(store: string): Delivery;
    stores: Pick<Stores, "letGo" | "now">;
    arrivals: Arrivals;
    doubts: Doubts;
    firstJoins: Pick<FirstJoins, "isAsked">;
    rejoining: Pick<GroupRejoining, "lookingSince" | "mayBringBack">;
    successors: Pick<Successors, "isFounder" | "mayInviteToSuccessor">;
  },
): Joining {
  const { clock, crypto, groups } = context;
  const { contacts, talk } = deps;

  const joined: Joining["joined"] = createTxEvent();
  const parted: Joining["parted"] = createTxEvent();
  const failed: Joining["failed"] = createTxEvent();
  /** Groups that are not fetched any more. */
  const stopped = new Set<string>();

  const invited = (tx: Tx, by: string, told: Invitation): Promise<void> =>
    follow(tx, by, keptFrom(told, deps.stores.now(told.store)));

  async function follow(tx: Tx, by: string, kept: Kept): Promise<void> {
    const { shared } = kept;
    const found = await findGroup(tx, talk.bytes(shared));
    const isStranger = found !== undefined && found.generation > 0 && !(await isMember(tx, found.id, by));
    if (isStranger && found.state !== "left" && !(await isAwaited(tx, found.id, by))) return;
    const known = isStranger && found.state === "left" ? undefined : found;
    if (known?.state === "rejoining" && !(await isHelper(tx, known.id, by))) return;
    if (known === undefined && (await countInvitationsIntoNew(tx, by)) >= MAX_WAITING) return;
    if (!(await deps.questions.mayFollow(tx, by, kept, await placeOf(tx, known, by)))) return;
    if (isStranger && known === undefined) await setApart(tx, found.id);
    const id = known?.id ?? (await openConversation(tx, kept));
    if (known?.state !== "ready" && known?.state !== "rejoining") await setOut(tx, id, by);
    await saveInvitation(tx, { conversation: id, by, kept });
    // In the group no invitation is needed: it is kept in case we were put out and do not know yet.
    if (known?.state === "ready" && !(await isAwaited(tx, id, by))) return;
    if (known?.state === "left") await setConversationState(tx, id, "joining");
    begin(tx, id, by, kept.store);
  }

  /**
   * From the first invitation on its store is called for so long: another one does not make it
   * longer.
   */
  async function setOut(tx: Tx, id: string, by: string): Promise<void> {
    if ((await findWay(tx, id)) !== undefined && (await listInvitations(tx, id)).length > 0) return;
    await saveWay(tx, id, { by, at: clock.now() });
  }

  async function placeOf(tx: Tx, known: Conversation | undefined, by: string): Promise<"out" | "inside" | "awaited"> {
    if (known === undefined || known.state === "left") return "out";
    return known.state !== "ready" || (await isAwaited(tx, known.id, by)) ? "awaited" : "inside";
  }

  async function wait(tx: Tx, group: Parameters<Joining["wait"]>[1]): Promise<void> {
    const { shared, by, title, store } = group;
    if ((await findGroup(tx, talk.bytes(shared))) !== undefined) return;
    const id = await openConversation(tx, { shared, store, feed: FEED });
    await setGroupName(tx, id, title);
    await saveWay(tx, id, { by, at: clock.now() });
  }

  async function stop(tx: Tx, id: string): Promise<void> {
    const conversation = await findConversation(tx, id);
    if (conversation?.state !== "joining") return;
    const stores = (await listInvitations(tx, id)).map(({ kept }) => kept.store);
    await deleteInvitationsInto(tx, id);
    await forgetWay(tx, id);
    if (conversation.generation > 0) await setConversationState(tx, id, "left");
    else await deleteConversation(tx, id);
    tx.after(() => stopped.add(id));
    tx.changed("conversations");
    for (const store of new Set([conversation.store, ...stores])) deps.stores.letGo(tx, store);
  }

  /** In the group already, for the others, this device waits for another way in. */
  async function withdrawn(tx: Tx, by: string, shared: Uint8Array): Promise<void> {
    const conversation = await findGroup(tx, shared);
    const waits = conversation && (await view(tx, conversation.id));
    if (conversation?.state !== "joining" || waits?.by.id !== by || waits.waitsFor !== "inviter") return;
    await deps.questions.gaveUp(tx, shared, await groupName(tx, conversation.id), "withdrawn");
    await stop(tx, conversation.id);
  }

  async function stopFrom(tx: Tx, contact: string, accepted: readonly string[]): Promise<void> {
    await deleteInvitationsOf(tx, contact);
    for (const { id, shared } of await listJoining(tx)) {
      const isTheirs = accepted.includes(toHex(shared)) || (await findWay(tx, id))?.by === contact;
      if (isTheirs && (await listInvitations(tx, id)).length === 0) await stop(tx, id);
    }
  }

  async function view(tx: Tx, id: string): Promise<ConversationView["joining"]> {
    const way = await findWay(tx, id);
    const conversation = await findConversation(tx, id);
    const [by] = way === undefined ? [] : await named(tx, [way.by]);
    if (way === undefined || by === undefined || conversation === undefined) return undefined;
    const isInvited = (await listInvitations(tx, id)).length > 0;
    return { since: way.at, by, waitsFor: isInvited ? "store" : "inviter", store: conversation.store };
  }

  async function tick(tx: Tx): Promise<void> {
    for (const { id, shared, name } of await listJoining(tx)) {
      const way = await findWay(tx, id);
      const patience = (await listInvitations(tx, id)).length > 0 ? CALLED_MS : ANSWERED_WITHIN_MS;
      if (way === undefined || clock.since(way.at) <= patience) continue;
      await deps.questions.gaveUp(tx, shared, name, "failed");
      await stop(tx, id);
    }
  }

  /**
   * Somebody who was asked; or an owner, who founds a successor of a group that nobody can
   * continue.
   */
  async function isHelper(tx: Tx, id: string, by: string): Promise<boolean> {
    return (await deps.rejoining.mayBringBack(tx, id, by)) || (await deps.successors.isFounder(tx, id, by));
  }

  /** Whether an invitation leads from the group we are in to where it continues. */
  async function isAwaited(tx: Tx, id: string, by: string): Promise<boolean> {
    return (await deps.successors.mayInviteToSuccessor(tx, id, by)) || (await deps.rejoining.mayBringBack(tx, id, by));
  }

  /**
   * What was left stays as it is: somebody who was not in it begins another conversation under its
   * id, not its next chapter.
   */
  async function setApart(tx: Tx, id: string): Promise<void> {
    await setShared(tx, id, crypto.random(SHARED_ID_BYTES));
  }

  async function openConversation(tx: Tx, { shared, store, feed }: Omit<Kept, "places">): Promise<string> {
    const id = toHex(crypto.random(LOCAL_ID_BYTES));
    const named = { id, kind: "group", shared: talk.bytes(shared), contact: "" } as const;
    await insertConversation(tx, { ...named, store, feed, generation: 0, state: "joining" }, clock.now());
    await noteActive(tx, id, clock.now());
    return id;
  }

  /** The feed waits until we are in: what is written in the group meanwhile is not missed. */
  function begin(tx: Tx, id: string, by: string, store: string): void {
    tx.after(() => stopped.delete(id));
    tx.before(store, () => join(id, by));
  }

  async function join(id: string, by: string): Promise<void> {
    const kept = await context.transact((tx) => findInvitation(tx, id, by));
    if (kept === undefined || !(await context.transact((tx) => mayFetch(tx, id, by, kept)))) return;
    const fetched = await fetchAll(id, kept);
    await context.transact((tx) => enter(tx, id, by, kept, fetched));
  }

  /** Whose invitations lead to more than one may make us fetch waits until there is room. */
  async function mayFetch(tx: Tx, id: string, by: string, kept: Kept): Promise<boolean> {
    const rest = await context.budgets.takeOrWait(tx, "downloads", by, bytesOf(kept));
    if (rest > 0) tx.after(() => context.later(rest, async (later) => begin(later, id, by, kept.store)));
    return rest === 0;
  }

  async function fetchAll(id: string, { store, places }: Kept): Promise<Record<keyof Kept["places"], ObjectAnswer>> {
    const total = bytesOf({ places });
    const shown = progressOf(id, total);
    const fetch = (place: KeptPlace, max: number): Promise<ObjectAnswer> => {
      shown(0);
      const most = Math.min(max, place.length);
      return deps.delivery(store).get.object({ seed: talk.bytes(place.seed), maxBytes: most }, { progressed: shown });
    };
    const welcome = await fetch(places.welcome, PADDED * MAX_WELCOME_BYTES);
    const tree = await fetch(places.tree, PADDED * MAX_TREE_BYTES);
    const roster = await fetch(places.roster, PADDED * MAX_ROSTER_BYTES);
    return { welcome, tree, roster };
  }

  /** Tells people how far it is, now and then. */
  function progressOf(id: string, total: number): (bytes: number) => void {
    let done = 0;
    let told = 0;
    return (bytes) => {
      if (stopped.has(id)) throw new Stopped();
      done += bytes;
      if (done - told < PROGRESS_STEP) return;
      told = done;
      void context
        .transact((tx) => saveProgress(tx, id, { done: Math.min(done, total), total }))
        .catch(() => undefined);
    };
  }

  /** Repair path 9/9: the welcome is opened, and the device continues in the group. */
  async function enter(
    tx: Tx,
    id: string,
    by: string,
    kept: Kept,
    fetched: Record<keyof Kept["places"], ObjectAnswer>,
  ): Promise<void> {
    const conversation = await findConversation(tx, id);
    const isIn = conversation?.state === "ready";
    if ((await findInvitation(tx, id, by)) === undefined) return;
    if (conversation === undefined || (isIn && !(await isAwaited(tx, id, by)))) return;
    const [welcome, tree, roster] = [fetched.welcome, fetched.tree, fetched.roster].map(contentOf);
    const isWhole = welcome !== undefined && tree !== undefined && roster !== undefined;
    const opened = isWhole ? await openWelcome(tx, by, welcome, tree) : undefined;
    const rules = opened === undefined ? undefined : rulesOf(opened.state);
    await deleteInvitation(tx, id, by);
    const isThisGroup = rules !== undefined && toHex(rules.conversation) === kept.shared;
    if (opened === undefined || !isThisGroup || (await isUnsafe(tx, conversation, by, rules, opened.state)))
      return isIn ? undefined : giveUp(tx, conversation, by);
    const told = roster === undefined ? undefined : parseRoster(roster);
    await settle(tx, conversation, opened.state, rules, told?.ok === true ? told.value : undefined, by, kept);
    await opened.spend();
  }

  /** Somebody may lead this device into a group of their own making. */
  async function isUnsafe(
    tx: Tx,
    { id, generation }: Conversation,
    by: string,
    rules: Rules,
    state: GroupState,
  ): Promise<boolean> {
    const since = await deps.rejoining.lookingSince(tx, id);
    return generation > 0 && since !== undefined && (await deps.doubts.mustWait(tx, id, { by, rules, state, since }));
  }

  /**
   * Of a group that this device never was in nothing is left; one that it was put out of stays as
   * it was.
   */
  async function giveUp(tx: Tx, conversation: Conversation, by: string): Promise<void> {
    const { id, shared, state, store, generation } = conversation;
    if (state !== "joining") return;
    if (generation === 0) await deleteConversation(tx, id);
    else await setConversationState(tx, id, "left");
    await forgetWay(tx, id);
    tx.changed("conversations");
    deps.stores.letGo(tx, store);
    await failed.emit(tx, { shared, by });
  }

  function rulesOf(state: GroupState): Rules | undefined {
    const rules = parseRules(groups.rules(state) ?? new Uint8Array(0));
    if (!rules.ok || rosterProblem(rules.value, groups.members(state)) !== undefined) return undefined;
    return rules.value;
  }

  /**
   * With whichever of our key packages the welcome was made for. Once that is spent, the contact
   * gets another within an hour: at once would tell who joined.
   */
  async function openWelcome(
    tx: Tx,
    by: string,
    welcome: Uint8Array,
    tree: Uint8Array,
  ): Promise<{ state: GroupState; spend(): Promise<void> } | undefined> {
    const now = Math.floor(clock.now() / 1000);
    // At any time: one member whose certificate has run out must not keep everybody else from
    // joining.
    const check = contacts.leafCheckOfAnyone("any time");
    for (const { id: own, keyPackage, secret } of await listOurs(tx, by)) {
      const joined = await groups.join(welcome, { keyPackage, secret, tree, now, check });
      if (!joined.ok && joined.error === "not_for_us") continue;
      if (!joined.ok) return undefined;
      return { state: joined.value, spend: () => deleteKeyPackage(tx, own) };
    }
    return undefined;
  }

  async function settle(
    tx: Tx,
    conversation: Conversation,
    state: GroupState,
    rules: Rules,
    roster: Roster | undefined,
    by: string,
    kept: Kept,
  ): Promise<void> {
    const { id } = conversation;
    const [store, { feed }] = [deps.stores.now(kept.store), kept];
    const generation = conversation.generation + 1;
    const isFirst = conversation.generation === 0;
    await saveJoined(tx, id, { generation, store, feed });
    await moveStream(tx, streamOf(id), store);
    const { isSuccessor, isBack } = await comesFrom(tx, conversation, by, state);
    await deps.epochs.start(tx, { conversation: id, generation, store, feed, group: state });
    await meet(tx, roster, state);
    const before = (await listMembers(tx, id)).map(({ profile }) => profile);
    await saveMembers(tx, id, rules, groups.members(state));
    if (roster?.picture !== undefined) await deps.pictures.keep(tx, id, rules, roster.picture);
    if (isBack || (isFirst && rules.newcomersRead === "week")) await tellBefore(tx, id, { by, rules, roster });
    await setConversationState(tx, id, "ready");
    await forgetWay(tx, id);
    await deps.questions.came(tx, conversation.shared);
    await deps.people.announce(tx, id, await deps.profiles.get(tx));
    const isArrival = conversation.state === "joining";
    // What was said before this person was out is not said to those who came meanwhile.
    await deps.sending.enqueueAgain(tx, id, isArrival ? { behind: Number.MAX_SAFE_INTEGER } : undefined);
    const present = new Set(groups.members(state).flatMap((member) => profileOf(member) ?? []));
    const comers = isArrival ? [(await deps.profiles.get(tx)).id] : [...present].filter((who) => !before.includes(who));
    const arrival = { by, isSuccessor, comers };
    if (!(await deps.arrivals.note(tx, conversation, arrival))) await noteArrival(tx, conversation, by);
    await joined.emit(tx, {
      conversation: { ...conversation, generation, store, feed, state: "ready" },
      comers,
    });
    const gone = before.filter((profile) => !present.has(profile));
    if (conversation.state === "ready" && !isSuccessor) await part(tx, conversation, gone);
  }

  async function part(tx: Tx, conversation: Conversation, gone: readonly string[]): Promise<void> {
    const heard: Contact[] = [];
    for (const profile of gone) {
      const contact = await contacts.find(tx, profile);
      if (contact !== undefined && !contact.blocked) heard.push(contact);
    }
    await parted.emit(tx, { conversation, contacts: heard });
  }

  /**
   * Whether it is another MLS group than before, and whether this device comes back to where it had
   * a right to read.
   */
  async function comesFrom(
    tx: Tx,
    { id, shared }: Conversation,
    by: string,
    state: GroupState,
  ): Promise<{ isSuccessor: boolean; isBack: boolean }> {
    const before = await deps.epochs.current(tx, id);
    const groupId = groups.groupId(state);
    const isSame = before !== undefined && crypto.equal(groups.groupId(before.epoch.group), groupId);
    const isBack =
      (isSame && (await deps.rejoining.mayBringBack(tx, id, by))) || (await deps.firstJoins.isAsked(tx, shared, by));
    return { isSuccessor: before !== undefined && !isSame, isBack };
  }

  async function noteArrival(tx: Tx, { id, state }: Conversation, by: string): Promise<void> {
    if (state === "rejoining") await deps.messages.noteRejoined(tx, id);
    else await deps.history.note(tx, id, by, { what: "joined" });
  }

  /** The names the roster tells, of those who are in the group and of nobody else. */
  async function meet(tx: Tx, roster: Roster | undefined, state: GroupState): Promise<void> {
    const present = new Set(groups.members(state).map(profileOf));
    for (const { profile, name, card } of roster?.members ?? []) {
      const id = toHex(profile);
      if (present.has(id)) await savePersonTold(tx, id, name, card);
    }
  }

  /**
   * What was said before we came: the word of the one who brought us in, which no author has
   * signed.
   */
  async function tellBefore(
    tx: Tx,
    id: string,
    { by, rules, roster }: { by: string; rules: Rules; roster: Roster | undefined },
  ): Promise<void> {
    const self = await deps.profiles.get(tx);
    for (const { sender, content: bytes } of roster?.history ?? []) {
      const content = parseContent(bytes);
      if (!content.ok || content.value.body.kind !== "text") continue;
      const mine = toHex(sender) === self.id;
      const message = toHex(messageIdFrom(crypto, bytes, { sender, conversation: rules.conversation }));
      if (await deps.messages.isHere(tx, id, message)) continue;
      if (await wasErased(context, tx, toHex(sender), bytes)) continue;
      if ((await contacts.find(tx, toHex(sender)))?.blocked === true) {
        await deps.messages.noteBlocked(tx, id, toHex(sender), 1);
        continue;
      }
      if (!(await context.budgets.take(tx, "bytes", by, bytes.length + MESSAGE_ROW_BYTES))) break;
      await deps.messages.insert(tx, {
        id: message,
        conversation: id,
        sender: toHex(sender),
        mine,
        kind: "text",
        text: content.value.body.text,
        content: bytes,
        sentAt: content.value.sentAt,
        lifetime: lifetimeOf(content.value.lifetime, rules.timer),
        isTold: true,
        state: mine ? "sent" : "received",
        ...(toHex(sender) !== by && { toldBy: by }),
      });
    }
  }

  async function wasRemoved(tx: Tx, id: string, isLeaving: boolean): Promise<void> {
    const invitations = await listInvitations(tx, id);
    if (isLeaving) {
      await deleteInvitationsInto(tx, id);
      for (const { by, kept } of invitations) await follow(tx, by, kept);
      return;
    }
    const [first] = invitations;
    if (first === undefined) return;
    await setConversationState(tx, id, "joining");
    await saveWay(tx, id, { by: first.by, at: clock.now() });
    for (const { by, kept } of invitations) begin(tx, id, by, kept.store);
  }

  async function joinKept(tx: Tx, id: string): Promise<void> {
    for (const { by, kept } of await listInvitations(tx, id))
      if (await isAwaited(tx, id, by)) begin(tx, id, by, kept.store);
  }

  async function resume(tx: Tx): Promise<void> {
    for (const { conversation: id, by, kept } of await listInvitationsOnTheWay(tx)) {
      if (!(await isUnasked(tx, id))) begin(tx, id, by, kept.store);
      else await askAfterwards(tx, id, by, kept);
    }
  }

  /** On the way into it since a version that did not ask. */
  async function isUnasked(tx: Tx, id: string): Promise<boolean> {
    const conversation = await findConversation(tx, id);
    return conversation?.state === "joining" && (await findWay(tx, id)) === undefined;
  }

  async function askAfterwards(tx: Tx, id: string, by: string, kept: Kept): Promise<void> {
    await stop(tx, id);
    await follow(tx, by, kept);
  }

  return {
    joined,
    parted,
    failed,
    invited,
    follow,
    wait,
    stop,
    withdrawn,
    stopFrom,
    view,
    tick,
    wasRemoved,
    joinKept,
    resume,
  };
}

/** What an invitation points at, by its own word: no more is fetched. */
const bytesOf = ({ places: { welcome, tree, roster } }: Pick<Kept, "places">): number =>
  welcome.length + tree.length + roster.length;

function contentOf(answer: ObjectAnswer): Uint8Array | undefined {
  return answer.type === "object" ? unpadObject(answer.bytes) : undefined;
}
