import {
  besideUs,
  encodeRules,
  parseDescription,
  parseGroupControl,
  parseRules,
  profileOf,
  seatFrom,
  MAX_TIMER_SECONDS,
} from "@pli/protocol/group";
import type { GroupControl, RejoinState, Rules } from "@pli/protocol/group";
import type { GroupState } from "@pli/protocol/conversation";
import { toHex } from "@pli/protocol/crypto";
import type { Cell } from "@pli/protocol/wire";
import type { ConversationView, GroupQuestionView, GroupView, MessageView, PliApi, Role } from "../../api/api.ts";
import { count } from "../../runtime/counters.ts";
import type { Context, Unit } from "../../runtime/context.ts";
import type { CommitHandlers, Commits, Settled } from "../../epochs/commits.ts";
import type { Said } from "../../epochs/contents.ts";
import { findConversation, getConversation, streamOf, type Conversation } from "../../epochs/conversations.ts";
import type { Epochs, HeldEpoch } from "../../epochs/epochs.ts";
import type { Messages } from "../messages/messages.ts";
import type { Receiving } from "../../epochs/receiving.ts";
import type { Sending } from "../../epochs/sending.ts";
import { PliError } from "../../runtime/errors.ts";
import { allowedName } from "../../people/allowed-name.ts";
import { FEED } from "../../delivery/feed/fetching.ts";
import type { Session } from "../../delivery/feed/session.ts";
import type { Outbox, OutboxItem } from "../../delivery/outbox/outbox.ts";
import type { Contact, Contacts } from "../../people/contacts.ts";
import type { Profiles } from "../../people/profile.ts";
import { deleteMetaOf } from "../../runtime/storage/meta.ts";
import { damaged, textIn } from "../../runtime/storage/row.ts";
import { createCatchUp } from "./catch-up.ts";
import { createChanges } from "./changes.ts";
import { createHistory, leftByThemselves, type Snapshot } from "./history.ts";
import { createDepartures } from "./departures.ts";
import { createDoubts } from "./doubts.ts";
import { createFirstJoins } from "./first-joins.ts";
import { createForks } from "./forks.ts";
import type { RulesEdit, Wish } from "./intentions.ts";
import { createJoining, type Joining } from "./joining.ts";
import { createKeyPackages } from "./key-packages.ts";
import { createLeaving, LEAVE } from "./leaving.ts";
import { findGroup, isMember, listMembers, named, saveMembers } from "./members.ts";
import { ALL, ownForAll, type Since } from "./marks.ts";
import { createNewcomers } from "./newcomers.ts";
import { createOffers } from "./offers.ts";
import { createPeople } from "./people.ts";
import { createPictures } from "./pictures.ts";
import { createQuestions, type Questions } from "./questions.ts";
import { createRefounding, REFOUND } from "./refounding.ts";
import { createGroupRejoining } from "./rejoin.ts";
import { createFreshEpochs } from "./fresh-epochs.ts";
import { createRemovals } from "./removals.ts";
import { createReturns } from "./returns.ts";
import { createTalk } from "./talk.ts";
import { createGroupView } from "./view.ts";

const LOCAL_ID_BYTES = 16;
const SHARED_ID_BYTES = 32;
const GROUP_ID_BYTES = 32;

type Calls = Pick<
  PliApi,
  | "createGroup"
  | "addToGroup"
  | "removeFromGroup"
  | "setRole"
  | "changeGroup"
  | "renewGroupKeys"
  | "leaveGroup"
  | "cancelChange"
  | "refoundGroup"
  | "answerGroupQuestion"
  | "deleteConversation"
>;
type Command<N extends keyof Calls> = (unit: Unit, p: Parameters<Calls[N]>[0]) => ReturnType<Calls[N]>;

/** Groups: what people do with them, and what the rest of the engine tells them. */
export interface Groups {
  readonly commands: { readonly [N in keyof Calls]: Command<N> };
  view(unit: Unit, conversation: string): Promise<GroupView | undefined>;
  /** What others want this person to come into. */
  questions(unit: Unit): Promise<GroupQuestionView[]>;
  /** What a group waits for that is being joined. */
  joining(unit: Unit, conversation: string): Promise<ConversationView["joining"]>;
  /** The person has decided otherwise whether they want to be asked. */
  askingChanged(unit: Unit): Promise<void>;
  /** A commit became the history of a group. */
  settled(unit: Unit, event: Settled): Promise<void>;
  /** By a commit our leaf is out of it; `by`: the leaf that made it. */
  putOut: CommitHandlers["putOut"];
  /** A commit does not open on this device. */
  unopened: CommitHandlers["unopened"];
  /** What stood at a commit's label was none that the rules allow. */
  ignored(unit: Unit, p: { conversation: string; held: HeldEpoch; by: number | undefined }): Promise<void>;
  /** The store shows a cell where a commit stood that is history. */
  shownAgain(unit: Unit, place: { conversation: string; epoch: number; isNext?: true }, cell: Cell): Promise<void>;
  /** No label is left for a change of this group. */
  jammed(unit: Unit, conversation: string): Promise<void>;
  /** From here on the feed brings all that is written in this group. */
  caughtUp(unit: Unit, conversation: string): Promise<void>;
  /** Whether somebody spoke in a past epoch who is not in the group any more. */
  isOut(unit: Unit, said: Said): Promise<boolean>;
  /** Acts on a control message about groups; false: it is about something else. */
  control(unit: Unit, said: Said, name: string, body: Uint8Array): Promise<boolean>;
  /** The card of somebody, by themselves, in a group. */
  card(unit: Unit, said: Said, card: Uint8Array): Promise<void>;
  /** An item of ours with the purpose `object`, or the word that we leave, is stored. */
  stored(unit: Unit, item: OutboxItem): Promise<void>;
  /** Somebody became a contact. */
  paired(unit: Unit, contact: Contact): Promise<void>;
  /** Somebody is blocked: what they asked for, and what waits because of them, is forgotten. */
  blocked(unit: Unit, contact: Contact): Promise<void>;
  /** Asks a contact to send again what they wrote in a conversation and what was not kept here. */
  wantTexts(unit: Unit, contact: Contact, conversation: string): Promise<void>;
  /** The conversation with this contact has begun again. */
  reached(unit: Unit, contact: string): Promise<void>;
  /**
   * Cells of a group were missed that are gone; `replaced`: the store lost its data, for everybody
   * alike.
   */
  lost(unit: Unit, conversation: string, why: "expired" | "replaced"): Promise<void>;
  /** This device's state of a group is older than what it has written there. */
  outdated(unit: Unit, conversation: string): Promise<void>;
  /** A member spoils this device's labels in a group: fresh ones end that. */
  renewLabels(unit: Unit, conversation: string): Promise<void>;
  /**
   * Whether what waits to be sealed in a group must wait for a change; makes the change that is
   * due.
   */
  pump(unit: Unit, conversation: string): Promise<void>;
  resume(unit: Unit): Promise<void>;
  tick(unit: Unit): Promise<void>;
  /** The days pass: what has waited for too long, or was kept long enough, is given up. */
  giveUpOld(unit: Unit): Promise<void>;
}

export interface GroupParts {
  readonly contacts: Contacts;
  readonly epochs: Epochs;
  readonly messages: Messages;
  readonly profiles: Profiles;
  readonly sending: Sending;
  outbox(): Outbox;
  commits(): Commits;
  receiving(): Receiving;
  session(store: string): Session;
  storeNow(address: string): string;
  /** Nothing that this person takes part in may live at this store any more. */
  letGo(unit: Unit, store: string): void;
  /** The home store: where groups founded here live. */
  readonly store: string;
  /** Hears the lines of history that others brought about. */
  onMessage(message: MessageView): void;
}

export function createGroups(context: Context, p: GroupParts): Groups {
  const { clock, crypto, groups } = context;
  const { contacts, epochs, profiles } = p;
  const talk = createTalk(p.sending);
  const people = createPeople(context, { ...p, talk });
  const history = createHistory(context, p);
  const keyPackages = createKeyPackages(context, { ...p, talk });
  const pictures = createPictures(context, p);
  const offers = createOffers(context, { ...p, talk });
  const changes = createChanges(context, { ...p, keyPackages, history, offers });
  const leaving = createLeaving(context, { ...p, changes, history });
  const catchUp = createCatchUp(context, p);
  const returns = createReturns(context, {
    ...p,
    changes,
    talk,
    newcomersRead: (held) => rulesOf(held.epoch.group).newcomersRead,
    mayComeOver: (unit, conversation, profile) => refounding.mayComeOver(unit, conversation, profile),
    isJammed: (unit, held) => refounding.isJammed(unit, held),
  });
  const removals = createRemovals(context, { ...p, history });
  const rejoining = createGroupRejoining(context, {
    ...p,
    keyPackages,
    talk,
    resumed,
    ended,
    mayFound: (unit, held) => refounding.mayFound(unit, held),
    found: (unit, conversation, gone) => refounding.foundLost(unit, conversation, gone),
    isLeftOutBy: (unit, conversation, owner) => refounding.isLeftOutBy(unit, conversation, owner),
  });
  const departures = createDepartures(context, { ...p, talk });
  const questions: Questions = createQuestions(context, {
    ...p,
    departures,
    talk,
    wait: (unit, asked) => joining.wait(unit, asked),
    follow: (unit, by, kept) => joining.follow(unit, by, kept),
    askIn: (unit, contact, shared) => firstJoins.ask(unit, contact, shared),
  });
  const firstJoins = createFirstJoins(context, {
    ...p,
    departures,
    rejoining,
    talk,
    mayBeIn: questions.mayBeIn,
    isAwaited,
  });
  const doubts = createDoubts(context, p);
  const forks = createForks(context, { ...p, catchUp, history, rejoining, doubts, stranger: returns.refuse, talk });
  const refounding = createRefounding(context, {
    ...p,
    keyPackages,
    changes,
    history,
    talk,
    join: (unit, by, invitation) => joining.invited(unit, by, invitation),
    joinKept: (unit, id) => joining.joinKept(unit, id),
    begun: async (unit, held) => {
      await rejoining.forget(unit, held.conversation);
      await forks.begun(unit, held);
    },
  });
  const newcomers = createNewcomers(context, { ...p, people, talk, elsewhere: refounding.tellBehind });
  const joining: Joining = createJoining(context, {
    ...p,
    history,
    keyPackages,
    people,
    pictures,
    questions,
    talk,
    mayBringBack: rejoining.mayBringBack,
    isFounder: refounding.isFounder,
    doubts,
    lookingSince: rejoining.lookingSince,
    leadsOn: refounding.leadsOn,
    told,
    joined,
    failed: firstJoins.failed,
    isFirstAsked: firstJoins.isAsked,
    parted,
  });
  const fresh = createFreshEpochs(context, { ...p, changes });
  const view = createGroupView(context, { ...p, changes, rejoining });

  const commands: Groups["commands"] = {
    createGroup: create,
    addToGroup: async (unit, { conversation, contacts: ids }) => {
      await group(unit, conversation);
      await mustBeContacts(unit, ids);
      return want(unit, conversation, { kind: "add", profiles: ids });
    },
    removeFromGroup: async (unit, { conversation, members }) => {
      await group(unit, conversation);
      for (const member of members) await mustBeMember(unit, conversation, member);
      return want(unit, conversation, { kind: "remove", profiles: members });
    },
    setRole: async (unit, { conversation, member, role }) => {
      await group(unit, conversation);
      await mustBeMember(unit, conversation, member);
      if (!isRole(role)) throw new PliError("request_malformed");
      return want(unit, conversation, { kind: "role", profile: member, role });
    },
    changeGroup: change,
    renewGroupKeys: async (unit, { conversation }) => {
      await group(unit, conversation);
      return want(unit, conversation, { kind: "keys" });
    },
    leaveGroup: leave,
    cancelChange: async (unit, { conversation, change: id }) => {
      await groupStillIn(unit, conversation);
      await changes.cancel(unit, conversation, id);
    },
    refoundGroup: async (unit, { conversation, without }) => {
      await groupStillIn(unit, conversation);
      return { change: String(await refounding.refound(unit, conversation, without)) };
    },
    answerGroupQuestion: (unit, { question, accept }) => questions.answer(unit, question, accept),
    deleteConversation: remove,
  };

  async function group(unit: Unit, id: string): Promise<Conversation> {
    const conversation = await groupStillIn(unit, id);
    if (await changes.isLeaving(unit, id)) throw new PliError("not_in_group");
    return conversation;
  }

  /** For what frees somebody whose leaving cannot come to its end too. */
  async function groupStillIn(unit: Unit, id: string): Promise<Conversation> {
    const conversation = await getConversation(unit, id);
    if (conversation.kind !== "group") throw new PliError("not_a_group");
    if (conversation.state === "left" || conversation.state === "joining") throw new PliError("not_in_group");
    return conversation;
  }

  async function want(unit: Unit, conversation: string, wish: Wish): Promise<{ change: string }> {
    return { change: String(await changes.want(unit, conversation, wish)) };
  }

  async function mustBeContacts(unit: Unit, ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      const contact = await contacts.find(unit, id);
      if (contact === undefined || contact.blocked) throw new PliError("not_a_contact");
    }
  }

  async function mustBeMember(unit: Unit, conversation: string, profile: string): Promise<void> {
    const members = await listMembers(unit, conversation);
    if (!members.some((member) => member.profile === profile)) throw new PliError("member_unknown");
  }

  async function create(
    unit: Unit,
    { name, contacts: ids, description = "" }: Parameters<Calls["createGroup"]>[0],
  ): Promise<{ conversation: string }> {
    const profile = await profiles.get(unit);
    await mustBeContacts(unit, ids);
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
    await unit.sql.run(
      `INSERT INTO conversations (id, kind, shared, contact, store, feed, generation, state, active_at)
       VALUES (?, 'group', ?, '', ?, ?, 1, 'ready', ?)`,
      [id, rules.conversation, p.store, FEED, clock.now()],
    );
    const own = await profiles.createKeyPackage(profile);
    const state = await groups.createGroup({
      groupId: crypto.random(GROUP_ID_BYTES),
      ...own,
      rules: encodeRules(rules),
    });
    const held = await epochs.start(unit, {
      conversation: id,
      generation: 1,
      store: p.store,
      feed: FEED,
      group: state,
    });
    await forks.begun(unit, held);
    await people.introduce(unit, p.store, profile);
    await saveMembers(unit, id, rules, groups.members(state));
    await history.note(unit, id, profile.id, { what: "created", name: rules.name });
    if (ids.length > 0) await changes.want(unit, id, { kind: "add", profiles: ids });
    return { conversation: id };
  }

  async function change(
    unit: Unit,
    { conversation: id, picture, name, description, ...values }: Parameters<Calls["changeGroup"]>[0],
  ): Promise<{ change: string }> {
    const conversation = await group(unit, id);
    const { timer } = values;
    if (timer !== undefined && (!Number.isInteger(timer) || timer < 0 || timer > MAX_TIMER_SECONDS))
      throw new PliError("request_malformed");
    if (values.whoAdds !== undefined && !["admins", "members"].includes(values.whoAdds))
      throw new PliError("request_malformed");
    if (values.whoWrites !== undefined && !["everyone", "admins"].includes(values.whoWrites))
      throw new PliError("request_malformed");
    if (values.newcomersRead !== undefined && !["nothing", "week"].includes(values.newcomersRead))
      throw new PliError("request_malformed");
    const edit: RulesEdit = {
      ...values,
      ...(name !== undefined && { name: allowedName(name) }),
      ...(description !== undefined && { description: allowedDescription(description) }),
      ...(picture === "" && { picture: null }),
      ...(picture !== undefined && picture !== "" && { picture: await pictures.add(unit, conversation, picture) }),
    };
    if (Object.keys(edit).length === 0) throw new PliError("request_malformed");
    return want(unit, id, { kind: "rules", edit });
  }

  async function leave(unit: Unit, { conversation: id, successor }: Parameters<Calls["leaveGroup"]>[0]): Promise<void> {
    // Leaving that was wanted before this device was stopped could not come to its end: it may be
    // asked for once more.
    const { state, shared } = await groupStillIn(unit, id);
    if (state !== "rejoining") await group(unit, id);
    await departures.leave(unit, id, state !== "rejoining");
    await rejoining.takeBack(unit, shared);
    if (state === "rejoining") {
      await rejoining.forget(unit, id);
      return leaving.gone(unit, id);
    }
    const shown = await view(unit, id);
    const self = await profiles.get(unit);
    const isNamed = successor !== undefined && successor !== self.id;
    if (shown?.leaveNeedsSuccessor === true && !isNamed) throw new PliError("owner_needed");
    // Named without need, the successor counts if another owner goes first.
    if (isNamed) await mustBeMember(unit, id, successor);
    await changes.want(unit, id, { kind: "leave", ...(isNamed && { successor }) });
    if (await changes.isLeaving(unit, id)) await leaving.depart(unit, id);
  }

  async function remove(unit: Unit, { conversation: id }: { conversation: string }): Promise<void> {
    const conversation = await getConversation(unit, id);
    if (conversation.kind !== "group") throw new PliError("not_a_group");
    if (conversation.state === "joining") {
      await questions.takeBack(unit, conversation.shared, (await joining.view(unit, id))?.by.id);
      return joining.stop(unit, id);
    }
    if (conversation.state !== "left") throw new PliError("not_allowed");
    await epochs.eraseAll(unit, id);
    await unit.sql.run("DELETE FROM messages_text WHERE rowid IN (SELECT ord FROM messages WHERE conversation = ?)", [
      id,
    ]);
    await unit.sql.run("DELETE FROM marks WHERE message IN (SELECT id FROM messages WHERE conversation = ?)", [id]);
    await unit.sql.run("DELETE FROM outbox WHERE stream = ?", [`conversation ${id}`]);
    for (const table of ["messages", "members", "intentions", "invitations", "receipts"] as const) {
      await unit.sql.run(`DELETE FROM ${table} WHERE conversation = ?`, [id]);
    }
    await deleteMetaOf(unit, id);
    await unit.sql.run("DELETE FROM conversations WHERE id = ?", [id]);
    unit.changed("conversations", `messages:${id}`, "storage");
  }

  function snapshotOf(held: HeldEpoch): Snapshot {
    return { rules: rulesOf(held.epoch.group), members: groups.members(held.epoch.group) };
  }

  function rulesOf(state: GroupState): Rules {
    const rules = parseRules(groups.rules(state) ?? new Uint8Array(0));
    return rules.ok ? rules.value : damaged("rules");
  }

  async function settled(unit: Unit, event: Settled): Promise<void> {
    const { conversation: id, change: made, pendingBody, welcome } = event;
    const [before, after] = [snapshotOf(event.before), snapshotOf(event.after)];
    const by = made === undefined ? (await profiles.get(unit)).id : profileAt(before, made.sender);
    await removals.undone(unit, id);
    await notRemoved(unit, id, await rejoining.overtaken(unit, id));
    await refounding.freed(unit, id);
    await saveMembers(unit, id, after.rules, after.members);
    const done = pendingBody === undefined ? [] : await changes.wishesOf(unit, id, pendingBody);
    const left = made === undefined ? leaversOf(done) : leftByThemselves(before, made);
    await history.noteChanges(unit, { conversation: id, by, before, after, left });
    await pictures.follow(unit, id, event.after.store, after.rules);
    const next = event.before.epoch.commits[event.before.attempt + 1]?.label;
    const comers = comersIn(before, after, made?.sender ?? event.before.epoch.ownLeaf);
    await refounding.changed(unit, id, { added: comers.added, removed: goersIn(before, after) });
    const commit = { by, comers: comers.added, ...(next && { behind: next }) };
    if (pendingBody === undefined) await forks.begun(unit, event.after, commit);
    else {
      const added = await changes.fulfilled(unit, pendingBody);
      await forks.begun(unit, event.after, { ...commit, told: added });
      await forks.did(unit, event.after, done);
      returns.did(id, done);
      if (welcome !== undefined)
        await newcomers.welcome(unit, event.after, { added, back: returnersIn(done), welcome });
    }
    await forks.broughtIn(unit, event.after, comers);
    await fresh.begun(unit, event.after);
    await catchUp.begun(unit, event.after);
    if (await changes.isLeaving(unit, id)) await leaving.depart(unit, id);
    await offers.sweep(unit, id);
    await heedRefusals(unit);
    await changes.pump(unit, id);
  }

  async function heedRefusals(unit: Unit): Promise<void> {
    for (const { conversation, contact, why } of await offers.refusals(unit))
      await changes.unwant(unit, conversation, contact, why);
  }

  const profileAt = ({ members }: Snapshot, leaf: number | undefined): string => {
    const member = members.find((other) => other.leaf === leaf);
    return (member && profileOf(member)) ?? "";
  };

  const putOut: CommitHandlers["putOut"] = async (unit, { conversation: id, before, by, change: made }) => {
    const self = await profiles.get(unit);
    const isReplaced = made.added.some(({ credential }) => seatFrom(credential)?.profile === self.id);
    if (isReplaced) return rejoining.start(unit, id, "old");
    const remover = profileAt(snapshotOf(before), by);
    if (!(await changes.isLeaving(unit, id))) return rejoining.start(unit, id, "removed", { by: remover });
    await removals.putOut(unit, { id, by: remover, isLeaving: true });
    await joining.wasRemoved(unit, id, true);
  };

  async function ended(unit: Unit, id: string, by: string): Promise<void> {
    await removals.putOut(unit, { id, by, isLeaving: false });
    await joining.wasRemoved(unit, id, false);
  }

  /**
   * It is signed and allowed: who made it is named. Others may have followed it, and bring this
   * device back.
   */
  const unopened: CommitHandlers["unopened"] = async (unit, { conversation: id, held, by }) => {
    const conversation = await findConversation(unit, id);
    if (conversation?.state !== "ready") return;
    const profile = profileAt(snapshotOf(held), by);
    await count(unit, "ignoredCommits");
    await noteRefused(unit, id, profile, "unopened");
    if (profile !== "") await refounding.suspected(unit, held, profile);
    await rejoining.start(unit, id, "unopened", profile === "" ? {} : { by: profile });
  };

  /** Who makes nothing but changes that do not count fills the history with lines only so far. */
  async function noteRefused(unit: Unit, id: string, by: string, what: "ignored" | "unopened"): Promise<void> {
    if (await context.budgets.take(unit, "lines", by === "" ? id : by)) await history.note(unit, id, by, { what });
  }

  /**
   * Nobody was ahead of this device: all go on from here, with labels that are the same for all.
   */
  async function resumed(unit: Unit, id: string, state: RejoinState): Promise<void> {
    const { cause, by } = state;
    await forks.stays(unit, id, by === undefined ? undefined : { who: by, beside: besideUs(state) });
    await notRemoved(unit, id, state);
    if (cause === "unopened" || cause === "lost") await fresh.want(unit, id, cause === "lost");
    await changes.pump(unit, id);
    unit.after(() => p.outbox().kick());
  }

  /** The others passed over the commit that was to put this person out. */
  async function notRemoved(
    unit: Unit,
    id: string,
    state: Pick<RejoinState, "cause" | "by"> | undefined,
  ): Promise<void> {
    if (state?.cause === "removed") await history.note(unit, id, state.by ?? "", { what: "notRemoved" });
  }

  /** A store that lost its data has lost it for all: nobody is ahead, but for who wrote last. */
  async function lost(unit: Unit, id: string, why: "expired" | "replaced"): Promise<void> {
    const conversation = await findConversation(unit, id);
    if (conversation?.state === "ready" && why === "replaced") {
      await forks.stays(unit, id);
      await fresh.want(unit, id, true);
    } else await rejoining.start(unit, id, "lost");
  }

  async function ignored(
    unit: Unit,
    { conversation: id, held, by }: { conversation: string; held: HeldEpoch; by: number | undefined },
  ): Promise<void> {
    await count(unit, "ignoredCommits");
    const conversation = await findConversation(unit, id);
    if (conversation?.kind !== "group") return;
    const profile = profileAt(snapshotOf(held), by);
    await noteRefused(unit, id, profile, "ignored");
    if (profile !== "") await refounding.suspected(unit, held, profile);
    await changes.pump(unit, id);
  }

  /**
   * Coming back from a branch that gave way, or over into a group founded again: a line of its own
   * says it.
   */
  async function told(unit: Unit, before: Conversation, by: string, isSuccessor: boolean): Promise<boolean> {
    const remover = await rejoining.remover(unit, before.id, by);
    if (remover !== undefined) {
      const self = await profiles.get(unit);
      await history.note(unit, before.id, remover, { what: "removed", who: await named(unit, [self.id]) });
      await history.note(unit, before.id, by, { what: "joined" });
      return true;
    }
    if (!isSuccessor && (await forks.back(unit, before.id))) return true;
    if (before.state !== "ready" || !isSuccessor) return false;
    await refounding.cameOver(unit, before.id, by);
    return true;
  }

  /** Whether the person has accepted to come into this group, and no invitation has come. */
  async function isAwaited(unit: Unit, { id, shared, state }: Conversation): Promise<boolean> {
    if (state === "left") return questions.isAccepted(unit, shared);
    return state === "joining" && (await joining.view(unit, id))?.waitsFor === "inviter";
  }

  /** They may have stayed in the history that was left, and hear of nobody there any more. */
  async function parted(unit: Unit, conversation: Conversation, gone: readonly string[]): Promise<void> {
    for (const profile of gone) {
      const contact = await contacts.find(unit, profile);
      if (contact !== undefined && !contact.blocked) await returns.refuse(unit, contact, conversation);
    }
  }

  async function joined(unit: Unit, conversation: Conversation, comers: readonly string[]): Promise<void> {
    const held = await epochs.current(unit, conversation.id);
    if (held === undefined) return;
    await rejoining.done(unit, conversation.id);
    await firstJoins.came(unit, conversation.shared);
    await departures.came(unit, conversation.shared);
    await unit.sql.run("UPDATE conversations SET jammed = NULL WHERE id = ?", [conversation.id]);
    await forks.joined(unit, held, comers);
    await fresh.begun(unit, held);
    await catchUp.look(unit, held);
    await changes.pump(unit, conversation.id);
  }

  /**
   * Past epochs are kept for late senders: whoever was put out since, or left behind, could go on
   * writing there.
   */
  async function isOut(unit: Unit, said: Said): Promise<boolean> {
    const { conversation, sender, held } = said;
    if (conversation.kind !== "group") return false;
    if (held.generation < conversation.generation) return refounding.isLeftBehind(unit, said);
    if (!held.retired) return false;
    return !(await isMember(unit, conversation.id, sender));
  }

  async function control(unit: Unit, said: Said, name: string, body: Uint8Array): Promise<boolean> {
    const parsed = parseGroupControl(name, body);
    if (!parsed.ok) return parsed.error === "control_malformed";
    if (said.conversation.kind === "direct") await toldByContact(unit, said, parsed.value);
    else await toldInGroup(unit, said, parsed.value);
    return true;
  }

  async function toldByContact(unit: Unit, { sender }: Said, told: GroupControl): Promise<void> {
    const contact = await contacts.find(unit, sender);
    if (contact === undefined || contact.blocked) return;
    if (told.name === "key-packages") {
      await keyPackages.take(unit, sender, told.packages);
      for (const { id } of await waitingGroups(unit)) await changes.pump(unit, id);
    }
    if (told.name === "key-packages-wanted") await keyPackages.handOut(unit, contact, "all");
    if (told.name === "group-asks") await offers.told(unit, contact, told.asks === 1);
    if (told.name === "group-offer") await questions.offered(unit, contact, told);
    if (told.name === "group-offer-answer") await answered(unit, contact, told.conversation, told.accepts === 1);
    if (told.name === "group-offer-ended") await offerEnded(unit, contact, told.conversation);
    if (told.name === "group-invitation") await joining.invited(unit, sender, told);
    if (told.name === "group-state") {
      await forks.heard(unit, contact, told);
      await firstJoins.listed(unit, contact, told);
      await departures.listed(unit, contact, told.conversation);
    }
    if (told.name === "group-rejoin") await returns.asked(unit, contact, told);
    if (told.name === "group-rejoin-answer") {
      await departures.answered(unit, contact, told);
      await firstJoins.answered(unit, contact, told);
      if (told.standing === 2) await returns.saidOut(unit, contact, told.conversation);
      await rejoining.answered(unit, contact, told);
    }
    if (told.name === "group-left") await leaving.told(unit, contact, told);
    if (told.name === "texts-wanted") await sayAgain(unit, contact, told.conversation);
    if (told.name === "group-rejoin-refused") await rejoining.refused(unit, contact, told.conversation);
  }

  /**
   * Texts that a contact could not keep: of the two, or of a group since all were in it who are in
   * it now.
   */
  async function sayAgain(unit: Unit, contact: Contact, shared: Uint8Array): Promise<void> {
    const direct = await talk.conversation(unit, contact.conversation);
    const isDirect = crypto.equal(direct.shared, shared);
    const conversation = isDirect ? direct : await findGroup(unit, shared);
    if (conversation === undefined) return;
    if (!isDirect && !(await isMember(unit, conversation.id, contact.id))) return;
    if (!(await context.budgets.take(unit, "wanted", `${contact.id} ${conversation.id}`))) return;
    if (!isDirect && !(await context.budgets.take(unit, "wantedIn", conversation.id))) return;
    const behind = isDirect ? 0 : await ownForAll(unit, conversation.id);
    await p.sending.enqueueFor(unit, conversation.id, contact.id, behind);
    unit.after(() => p.outbox().kick());
  }

  async function wantTexts(unit: Unit, contact: Contact, id: string): Promise<void> {
    const { shared } = await talk.conversation(unit, id);
    await talk.send(unit, contact.conversation, { name: "texts-wanted", conversation: shared });
  }

  async function blocked(unit: Unit, { id }: Contact): Promise<void> {
    await joining.stopFrom(unit, id, await questions.blocked(unit, id));
    await firstJoins.forget(unit, id);
    await rejoining.forgetWord(unit, id);
    people.forget(id);
    await unit.sql.run("DELETE FROM intentions WHERE kind = 'replace' AND json_extract(body, '$.profile') = ?", [id]);
  }

  async function answered(unit: Unit, contact: Contact, shared: Uint8Array, accepts: boolean): Promise<void> {
    const id = await offers.answered(unit, contact, shared, accepts);
    await heedRefusals(unit);
    if (id !== undefined) await changes.pump(unit, id);
  }

  /**
   * Who waits to be let in waits for nothing now, unless they are in the group already for the
   * others.
   */
  async function offerEnded(unit: Unit, contact: Contact, shared: Uint8Array): Promise<void> {
    await questions.ended(unit, contact, shared);
    const conversation = await findGroup(unit, shared);
    const waits = conversation && (await joining.view(unit, conversation.id));
    if (conversation?.state !== "joining" || waits?.by.id !== contact.id || waits.waitsFor !== "inviter") return;
    const [row] = await unit.sql.all("SELECT name FROM conversations WHERE id = ?", [conversation.id]);
    await questions.gaveUp(unit, shared, textIn(row ?? {}, "name"), "withdrawn");
    await joining.stop(unit, conversation.id);
  }

  async function waitingGroups(unit: Unit): Promise<{ id: string }[]> {
    const rows = await unit.sql.all("SELECT DISTINCT conversation FROM intentions WHERE kind = 'add'");
    return rows.map((row) => ({ id: String(row["conversation"]) }));
  }

  async function toldInGroup(unit: Unit, said: Said, told: GroupControl): Promise<void> {
    const { conversation, sender, leaf } = said;
    if (told.name === "group-leave") await leaving.heard(unit, conversation.id, sender, leaf, told.signature);
    // Of a blocked member only what concerns the group as such.
    const isBlocked = (await contacts.find(unit, sender))?.blocked === true;
    if (told.name === "group-card" && !isBlocked) await people.pointed(unit, sender, conversation.store, told.card);
    if (told.name === "group-state" && !isBlocked) await forks.returned(unit, said, told);
    if (told.name === "group-refound") await refounding.called(unit, said, told.without.map(toHex));
    if (told.name === "group-package") await refounding.offered(unit, said, told.keyPackage);
    if (told.name === "group-invitation") await refounding.invited(unit, said, told);
  }

  async function card(unit: Unit, { conversation, sender }: Said, bytes: Uint8Array): Promise<void> {
    const renamed = await people.showed(unit, sender, bytes);
    if (renamed !== undefined && (await contacts.find(unit, sender)) === undefined)
      await p.messages.noteRenamed(unit, conversation.id, sender, renamed);
  }

  async function stored(unit: Unit, item: OutboxItem): Promise<void> {
    if (item.purpose === "object") return newcomers.stored(unit, item);
    const conversation = item.stream.slice(streamOf("").length);
    if (item.reference === LEAVE) await leaving.gone(unit, conversation);
    if (item.reference === REFOUND) await refounding.announced(unit, conversation);
  }

  async function resume(unit: Unit): Promise<void> {
    await joining.resume(unit);
    await rejoining.resume(unit);
    await firstJoins.resume(unit);
    await catchUp.resume(unit);
    await heedRefusals(unit);
    await changes.resume(unit);
    await forks.resume(unit);
    await refounding.resume(unit);
  }

  async function tick(unit: Unit): Promise<void> {
    if ((await profiles.find(unit)) === undefined) return;
    await heedRefusals(unit);
    await changes.tick(unit);
  }

  async function giveUpOld(unit: Unit): Promise<void> {
    if ((await profiles.find(unit)) === undefined) return;
    await keyPackages.tick(unit);
    await removals.tick(unit);
    await departures.tick(unit);
    await refounding.tick(unit);
    await questions.tick(unit);
    await joining.tick(unit);
  }

  /** Nobody holds a key package before they know whether to ask. */
  async function paired(unit: Unit, contact: Contact): Promise<void> {
    await questions.introduce(unit, contact);
    await keyPackages.handOut(unit, contact);
  }

  async function reached(unit: Unit, id: string): Promise<void> {
    const contact = await contacts.find(unit, id);
    if (contact !== undefined) await questions.reached(unit, contact);
    await offers.reached(unit, id);
    await forks.reached(unit, id);
  }

  return {
    commands,
    view,
    settled,
    putOut,
    ignored,
    shownAgain: forks.shownAgain,
    jammed: refounding.jammed,
    caughtUp: catchUp.done,
    isOut,
    control,
    card,
    stored,
    blocked,
    wantTexts,
    questions: questions.list,
    joining: joining.view,
    askingChanged: questions.announce,
    paired,
    reached,
    unopened,
    lost,
    outdated: (unit, conversation) => rejoining.start(unit, conversation, "old"),
    renewLabels: (unit, conversation) => fresh.want(unit, conversation, false),
    pump: changes.pump,
    resume,
    tick,
    giveUpOld,
  };
}

function allowedDescription(wanted: string): string {
  const description = parseDescription(wanted);
  if (!description.ok) throw new PliError(description.error);
  return description.value;
}

const isRole = (role: string): role is Role => ["owner", "admin", "member", "reader"].includes(role);

/**
 * Whose devices our own commit brought back, and behind which message here they can have missed
 * some.
 */
const returnersIn = (done: readonly Wish[]): ReadonlyMap<string, Since> =>
  new Map(done.flatMap((wish) => (wish.kind === "replace" ? [[wish.profile, wish.since ?? ALL] as const] : [])));

/**
 * Who has a new leaf: in the place of another, or as somebody who was not in the group. The
 * encryption key of a leaf is new when it came in or made the commit itself; in the place of the
 * same device, all else may be as before.
 */
function comersIn(
  before: Snapshot,
  after: Snapshot,
  committer: number | undefined,
): { back: string[]; added: string[] } {
  const present = new Set(before.members.map(profileOf));
  const keys = new Set(before.members.map(({ encryptionKey }) => toHex(encryptionKey)));
  const fresh = after.members.filter(
    ({ leaf, encryptionKey }) => leaf !== committer && !keys.has(toHex(encryptionKey)),
  );
  const comers = [...new Set(fresh.flatMap((member) => profileOf(member) ?? []))];
  return { back: comers.filter((one) => present.has(one)), added: comers.filter((one) => !present.has(one)) };
}

function goersIn(before: Snapshot, after: Snapshot): string[] {
  const present = new Set(after.members.map(profileOf));
  return [...new Set(before.members.flatMap((member) => profileOf(member) ?? []))].filter((one) => !present.has(one));
}

/** Those who said that they leave, and whom our own commit took out. */
const leaversOf = (done: readonly Wish[]): ReadonlySet<string> =>
  new Set(done.flatMap((wish) => (wish.kind === "left" ? [wish.profile] : [])));
