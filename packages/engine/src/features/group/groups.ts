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
import type { ConversationView, GroupQuestionView, GroupView, MessageView, Role } from "../../api/api.ts";
import type { PliApi } from "../../api/schema.ts";
import { count } from "../../runtime/counters.ts";
import type { Context, Tx } from "../../runtime/context.ts";
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
import type { RulesEdit, PendingOperation } from "./pending-operations.ts";
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
type Command<N extends keyof Calls> = (tx: Tx, p: Parameters<Calls[N]>[0]) => ReturnType<Calls[N]>;

/** Groups: what people do with them, and what the rest of the engine tells them. */
export interface Groups {
  readonly commands: { readonly [N in keyof Calls]: Command<N> };
  view(tx: Tx, conversation: string): Promise<GroupView | undefined>;
  /** What others want this person to come into. */
  questions(tx: Tx): Promise<GroupQuestionView[]>;
  /** What a group waits for that is being joined. */
  joining(tx: Tx, conversation: string): Promise<ConversationView["joining"]>;
  /** The person has decided otherwise whether they want to be asked. */
  askingChanged(tx: Tx): Promise<void>;
  /** A commit became the history of a group. */
  settled(tx: Tx, event: Settled): Promise<void>;
  /** By a commit our leaf is out of it; `by`: the leaf that made it. */
  onRemoved: CommitHandlers["onRemoved"];
  /** A commit does not open on this device. */
  unopened: CommitHandlers["unopened"];
  /** What stood at a commit's label was none that the rules allow. */
  ignored(tx: Tx, p: { conversation: string; held: HeldEpoch; by: number | undefined }): Promise<void>;
  /** The store shows a cell where a commit stood that is history. */
  shownAgain(tx: Tx, place: { conversation: string; epoch: number; isNext?: true }, cell: Cell): Promise<void>;
  /** No label is left for a change of this group. */
  jammed(tx: Tx, conversation: string): Promise<void>;
  /** From here on the feed brings all that is written in this group. */
  caughtUp(tx: Tx, conversation: string): Promise<void>;
  /** Whether somebody spoke in a past epoch who is not in the group any more. */
  isOut(tx: Tx, said: Said): Promise<boolean>;
  /** Acts on a control message about groups; false: it is about something else. */
  control(tx: Tx, said: Said, name: string, body: Uint8Array): Promise<boolean>;
  /** The card of somebody, by themselves, in a group. */
  card(tx: Tx, said: Said, card: Uint8Array): Promise<void>;
  /** An item of ours with the purpose `object`, or the word that we leave, is stored. */
  stored(tx: Tx, item: OutboxItem): Promise<void>;
  /** Somebody became a contact. */
  paired(tx: Tx, contact: Contact): Promise<void>;
  /** Somebody is blocked: what they asked for, and what waits because of them, is forgotten. */
  blocked(tx: Tx, contact: Contact): Promise<void>;
  /** Asks a contact to send again what they wrote in a conversation and what was not kept here. */
  wantTexts(tx: Tx, contact: Contact, conversation: string): Promise<void>;
  /** The conversation with this contact has begun again. */
  reached(tx: Tx, contact: string): Promise<void>;
  /**
   * Cells of a group were missed that are gone; `replaced`: the store lost its data, for everybody
   * alike.
   */
  lost(tx: Tx, conversation: string, why: "expired" | "replaced"): Promise<void>;
  /** This device's state of a group is older than what it has written there. */
  outdated(tx: Tx, conversation: string): Promise<void>;
  /** A member spoils this device's labels in a group: fresh ones end that. */
  renewLabels(tx: Tx, conversation: string): Promise<void>;
  /**
   * Whether what waits to be sealed in a group must wait for a change; makes the change that is
   * due.
   */
  pump(tx: Tx, conversation: string): Promise<void>;
  resume(tx: Tx): Promise<void>;
  tick(tx: Tx): Promise<void>;
  /** The days pass: what has waited for too long, or was kept long enough, is given up. */
  giveUpOld(tx: Tx): Promise<void>;
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
  letGo(tx: Tx, store: string): void;
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
    mayComeOver: (tx, conversation, profile) => refounding.mayComeOver(tx, conversation, profile),
    isJammed: (tx, held) => refounding.isJammed(tx, held),
  });
  const removals = createRemovals(context, { ...p, history });
  const rejoining = createGroupRejoining(context, {
    ...p,
    keyPackages,
    talk,
    resumed,
    ended,
    mayFound: (tx, held) => refounding.mayFound(tx, held),
    found: (tx, conversation, gone) => refounding.foundLost(tx, conversation, gone),
    isLeftOutBy: (tx, conversation, owner) => refounding.isLeftOutBy(tx, conversation, owner),
  });
  const departures = createDepartures(context, { ...p, talk });
  const questions: Questions = createQuestions(context, {
    ...p,
    departures,
    talk,
    wait: (tx, asked) => joining.wait(tx, asked),
    follow: (tx, by, kept) => joining.follow(tx, by, kept),
    askIn: (tx, contact, shared) => firstJoins.ask(tx, contact, shared),
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
    join: (tx, by, invitation) => joining.invited(tx, by, invitation),
    joinKept: (tx, id) => joining.joinKept(tx, id),
    begun: async (tx, held) => {
      await rejoining.forget(tx, held.conversation);
      await forks.begun(tx, held);
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
    mayInviteToSuccessor: refounding.mayInviteToSuccessor,
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
    addToGroup: async (tx, { conversation, contacts: ids }) => {
      await group(tx, conversation);
      await mustBeContacts(tx, ids);
      return want(tx, conversation, { kind: "add", profiles: ids });
    },
    removeFromGroup: async (tx, { conversation, members }) => {
      await group(tx, conversation);
      for (const member of members) await mustBeMember(tx, conversation, member);
      return want(tx, conversation, { kind: "remove", profiles: members });
    },
    setRole: async (tx, { conversation, member, role }) => {
      await group(tx, conversation);
      await mustBeMember(tx, conversation, member);
      if (!isRole(role)) throw new PliError("request_malformed");
      return want(tx, conversation, { kind: "role", profile: member, role });
    },
    changeGroup: change,
    renewGroupKeys: async (tx, { conversation }) => {
      await group(tx, conversation);
      return want(tx, conversation, { kind: "keys" });
    },
    leaveGroup: leave,
    cancelChange: async (tx, { conversation, change: id }) => {
      await groupStillIn(tx, conversation);
      await changes.cancel(tx, conversation, id);
    },
    refoundGroup: async (tx, { conversation, without }) => {
      await groupStillIn(tx, conversation);
      return { change: String(await refounding.refound(tx, conversation, without)) };
    },
    answerGroupQuestion: (tx, { question, accept }) => questions.answer(tx, question, accept),
    deleteConversation: remove,
  };

  async function group(tx: Tx, id: string): Promise<Conversation> {
    const conversation = await groupStillIn(tx, id);
    if (await changes.isLeaving(tx, id)) throw new PliError("not_in_group");
    return conversation;
  }

  /** For what frees somebody whose leaving cannot come to its end too. */
  async function groupStillIn(tx: Tx, id: string): Promise<Conversation> {
    const conversation = await getConversation(tx, id);
    if (conversation.kind !== "group") throw new PliError("not_a_group");
    if (conversation.state === "left" || conversation.state === "joining") throw new PliError("not_in_group");
    return conversation;
  }

  async function want(tx: Tx, conversation: string, operation: PendingOperation): Promise<{ change: string }> {
    return { change: String(await changes.want(tx, conversation, operation)) };
  }

  async function mustBeContacts(tx: Tx, ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      const contact = await contacts.find(tx, id);
      if (contact === undefined || contact.blocked) throw new PliError("not_a_contact");
    }
  }

  async function mustBeMember(tx: Tx, conversation: string, profile: string): Promise<void> {
    const members = await listMembers(tx, conversation);
    if (!members.some((member) => member.profile === profile)) throw new PliError("member_unknown");
  }

  async function create(
    tx: Tx,
    { name, contacts: ids, description = "" }: Parameters<Calls["createGroup"]>[0],
  ): Promise<{ conversation: string }> {
    const profile = await profiles.get(tx);
    await mustBeContacts(tx, ids);
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
    await tx.sql.run(
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
    const held = await epochs.start(tx, {
      conversation: id,
      generation: 1,
      store: p.store,
      feed: FEED,
      group: state,
    });
    await forks.begun(tx, held);
    await people.introduce(tx, p.store, profile);
    await saveMembers(tx, id, rules, groups.members(state));
    await history.note(tx, id, profile.id, { what: "created", name: rules.name });
    if (ids.length > 0) await changes.want(tx, id, { kind: "add", profiles: ids });
    return { conversation: id };
  }

  async function change(
    tx: Tx,
    { conversation: id, picture, name, description, ...values }: Parameters<Calls["changeGroup"]>[0],
  ): Promise<{ change: string }> {
    const conversation = await group(tx, id);
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
      ...(picture !== undefined && picture !== "" && { picture: await pictures.add(tx, conversation, picture) }),
    };
    if (Object.keys(edit).length === 0) throw new PliError("request_malformed");
    return want(tx, id, { kind: "rules", edit });
  }

  async function leave(tx: Tx, { conversation: id, successor }: Parameters<Calls["leaveGroup"]>[0]): Promise<void> {
    // Leaving that was wanted before this device was stopped could not come to its end: it may be
    // asked for once more.
    const { state, shared } = await groupStillIn(tx, id);
    if (state !== "rejoining") await group(tx, id);
    await departures.leave(tx, id, state !== "rejoining");
    await rejoining.takeBack(tx, shared);
    if (state === "rejoining") {
      await rejoining.forget(tx, id);
      return leaving.gone(tx, id);
    }
    const shown = await view(tx, id);
    const self = await profiles.get(tx);
    const isNamed = successor !== undefined && successor !== self.id;
    if (shown?.leaveNeedsSuccessor === true && !isNamed) throw new PliError("owner_needed");
    // Named without need, the successor counts if another owner goes first.
    if (isNamed) await mustBeMember(tx, id, successor);
    await changes.want(tx, id, { kind: "leave", ...(isNamed && { successor }) });
    if (await changes.isLeaving(tx, id)) await leaving.depart(tx, id);
  }

  async function remove(tx: Tx, { conversation: id }: { conversation: string }): Promise<void> {
    const conversation = await getConversation(tx, id);
    if (conversation.kind !== "group") throw new PliError("not_a_group");
    if (conversation.state === "joining") {
      await questions.takeBack(tx, conversation.shared, (await joining.view(tx, id))?.by.id);
      return joining.stop(tx, id);
    }
    if (conversation.state !== "left") throw new PliError("not_allowed");
    await epochs.eraseAll(tx, id);
    await tx.sql.run("DELETE FROM messages_text WHERE rowid IN (SELECT ord FROM messages WHERE conversation = ?)", [
      id,
    ]);
    await tx.sql.run("DELETE FROM marks WHERE message IN (SELECT id FROM messages WHERE conversation = ?)", [id]);
    await tx.sql.run("DELETE FROM outbox WHERE stream = ?", [`conversation ${id}`]);
    for (const table of ["messages", "members", "intentions", "invitations", "receipts"] as const) {
      await tx.sql.run(`DELETE FROM ${table} WHERE conversation = ?`, [id]);
    }
    await deleteMetaOf(tx, id);
    await tx.sql.run("DELETE FROM conversations WHERE id = ?", [id]);
    tx.changed("conversations", `messages:${id}`, "storage");
  }

  function snapshotOf(held: HeldEpoch): Snapshot {
    return { rules: rulesOf(held.epoch.group), members: groups.members(held.epoch.group) };
  }

  function rulesOf(state: GroupState): Rules {
    const rules = parseRules(groups.rules(state) ?? new Uint8Array(0));
    return rules.ok ? rules.value : damaged("rules");
  }

  async function settled(tx: Tx, event: Settled): Promise<void> {
    const { conversation: id, change: made, pendingBody, welcome } = event;
    const [before, after] = [snapshotOf(event.before), snapshotOf(event.after)];
    const by = made === undefined ? (await profiles.get(tx)).id : profileAt(before, made.sender);
    await removals.undone(tx, id);
    await notRemoved(tx, id, await rejoining.overtaken(tx, id));
    await refounding.freed(tx, id);
    await saveMembers(tx, id, after.rules, after.members);
    const done = pendingBody === undefined ? [] : await changes.wishesOf(tx, id, pendingBody);
    const left = made === undefined ? leaversOf(done) : leftByThemselves(before, made);
    await history.noteChanges(tx, { conversation: id, by, before, after, left });
    await pictures.follow(tx, id, event.after.store, after.rules);
    const next = event.before.epoch.commits[event.before.attempt + 1]?.label;
    const comers = comersIn(before, after, made?.sender ?? event.before.epoch.ownLeaf);
    await refounding.changed(tx, id, { added: comers.added, removed: goersIn(before, after) });
    const commit = { by, comers: comers.added, ...(next && { behind: next }) };
    if (pendingBody === undefined) await forks.begun(tx, event.after, commit);
    else {
      const added = await changes.fulfilled(tx, pendingBody);
      await forks.begun(tx, event.after, { ...commit, told: added });
      await forks.did(tx, event.after, done);
      returns.did(id, done);
      if (welcome !== undefined) await newcomers.welcome(tx, event.after, { added, back: returnersIn(done), welcome });
    }
    await forks.broughtIn(tx, event.after, comers);
    await fresh.begun(tx, event.after);
    await catchUp.begun(tx, event.after);
    if (await changes.isLeaving(tx, id)) await leaving.depart(tx, id);
    await offers.sweep(tx, id);
    await heedRefusals(tx);
    await changes.pump(tx, id);
  }

  async function heedRefusals(tx: Tx): Promise<void> {
    for (const { conversation, contact, why } of await offers.refusals(tx))
      await changes.unwant(tx, conversation, contact, why);
  }

  const profileAt = ({ members }: Snapshot, leaf: number | undefined): string => {
    const member = members.find((other) => other.leaf === leaf);
    return (member && profileOf(member)) ?? "";
  };

  const onRemoved: CommitHandlers["onRemoved"] = async (tx, { conversation: id, before, by, change: made }) => {
    const self = await profiles.get(tx);
    const isReplaced = made.added.some(({ credential }) => seatFrom(credential)?.profile === self.id);
    if (isReplaced) return rejoining.start(tx, id, "old");
    const remover = profileAt(snapshotOf(before), by);
    if (!(await changes.isLeaving(tx, id))) return rejoining.start(tx, id, "removed", { by: remover });
    await removals.onRemoved(tx, { id, by: remover, isLeaving: true });
    await joining.wasRemoved(tx, id, true);
  };

  async function ended(tx: Tx, id: string, by: string): Promise<void> {
    await removals.onRemoved(tx, { id, by, isLeaving: false });
    await joining.wasRemoved(tx, id, false);
  }

  /**
   * It is signed and allowed: who made it is named. Others may have followed it, and bring this
   * device back.
   */
  const unopened: CommitHandlers["unopened"] = async (tx, { conversation: id, held, by }) => {
    const conversation = await findConversation(tx, id);
    if (conversation?.state !== "ready") return;
    const profile = profileAt(snapshotOf(held), by);
    await count(tx, "ignoredCommits");
    await noteRefused(tx, id, profile, "unopened");
    if (profile !== "") await refounding.suspected(tx, held, profile);
    await rejoining.start(tx, id, "unopened", profile === "" ? {} : { by: profile });
  };

  /** Who makes nothing but changes that do not count fills the history with lines only so far. */
  async function noteRefused(tx: Tx, id: string, by: string, what: "ignored" | "unopened"): Promise<void> {
    if (await context.budgets.take(tx, "lines", by === "" ? id : by)) await history.note(tx, id, by, { what });
  }

  /**
   * Nobody was ahead of this device: all go on from here, with labels that are the same for all.
   */
  async function resumed(tx: Tx, id: string, state: RejoinState): Promise<void> {
    const { cause, by } = state;
    await forks.stays(tx, id, by === undefined ? undefined : { who: by, beside: besideUs(state) });
    await notRemoved(tx, id, state);
    if (cause === "unopened" || cause === "lost") await fresh.want(tx, id, cause === "lost");
    await changes.pump(tx, id);
    tx.after(() => p.outbox().kick());
  }

  /** The others passed over the commit that was to put this person out. */
  async function notRemoved(tx: Tx, id: string, state: Pick<RejoinState, "cause" | "by"> | undefined): Promise<void> {
    if (state?.cause === "removed") await history.note(tx, id, state.by ?? "", { what: "notRemoved" });
  }

  /** A store that lost its data has lost it for all: nobody is ahead, but for who wrote last. */
  async function lost(tx: Tx, id: string, why: "expired" | "replaced"): Promise<void> {
    const conversation = await findConversation(tx, id);
    if (conversation?.state === "ready" && why === "replaced") {
      await forks.stays(tx, id);
      await fresh.want(tx, id, true);
    } else await rejoining.start(tx, id, "lost");
  }

  async function ignored(
    tx: Tx,
    { conversation: id, held, by }: { conversation: string; held: HeldEpoch; by: number | undefined },
  ): Promise<void> {
    await count(tx, "ignoredCommits");
    const conversation = await findConversation(tx, id);
    if (conversation?.kind !== "group") return;
    const profile = profileAt(snapshotOf(held), by);
    await noteRefused(tx, id, profile, "ignored");
    if (profile !== "") await refounding.suspected(tx, held, profile);
    await changes.pump(tx, id);
  }

  /**
   * Coming back from a branch that gave way, or over into a group founded again: a line of its own
   * says it.
   */
  async function told(tx: Tx, before: Conversation, by: string, isSuccessor: boolean): Promise<boolean> {
    const remover = await rejoining.remover(tx, before.id, by);
    if (remover !== undefined) {
      const self = await profiles.get(tx);
      await history.note(tx, before.id, remover, { what: "removed", who: await named(tx, [self.id]) });
      await history.note(tx, before.id, by, { what: "joined" });
      return true;
    }
    if (!isSuccessor && (await forks.back(tx, before.id))) return true;
    if (before.state !== "ready" || !isSuccessor) return false;
    await refounding.onMigrated(tx, before.id, by);
    return true;
  }

  /** Whether the person has accepted to come into this group, and no invitation has come. */
  async function isAwaited(tx: Tx, { id, shared, state }: Conversation): Promise<boolean> {
    if (state === "left") return questions.isAccepted(tx, shared);
    return state === "joining" && (await joining.view(tx, id))?.waitsFor === "inviter";
  }

  /** They may have stayed in the history that was left, and hear of nobody there any more. */
  async function parted(tx: Tx, conversation: Conversation, gone: readonly string[]): Promise<void> {
    for (const profile of gone) {
      const contact = await contacts.find(tx, profile);
      if (contact !== undefined && !contact.blocked) await returns.refuse(tx, contact, conversation);
    }
  }

  async function joined(tx: Tx, conversation: Conversation, comers: readonly string[]): Promise<void> {
    const held = await epochs.current(tx, conversation.id);
    if (held === undefined) return;
    await rejoining.done(tx, conversation.id);
    await firstJoins.came(tx, conversation.shared);
    await departures.came(tx, conversation.shared);
    await tx.sql.run("UPDATE conversations SET jammed = NULL WHERE id = ?", [conversation.id]);
    await forks.joined(tx, held, comers);
    await fresh.begun(tx, held);
    await catchUp.look(tx, held);
    await changes.pump(tx, conversation.id);
  }

  /**
   * Past epochs are kept for late senders: whoever was put out since, or left behind, could go on
   * writing there.
   */
  async function isOut(tx: Tx, said: Said): Promise<boolean> {
    const { conversation, sender, held } = said;
    if (conversation.kind !== "group") return false;
    if (held.generation < conversation.generation) return refounding.isLeftBehind(tx, said);
    if (!held.retired) return false;
    return !(await isMember(tx, conversation.id, sender));
  }

  async function control(tx: Tx, said: Said, name: string, body: Uint8Array): Promise<boolean> {
    const parsed = parseGroupControl(name, body);
    if (!parsed.ok) return parsed.error === "control_malformed";
    if (said.conversation.kind === "direct") await toldByContact(tx, said, parsed.value);
    else await toldInGroup(tx, said, parsed.value);
    return true;
  }

  async function toldByContact(tx: Tx, { sender }: Said, told: GroupControl): Promise<void> {
    const contact = await contacts.find(tx, sender);
    if (contact === undefined || contact.blocked) return;
    if (told.name === "key-packages") {
      await keyPackages.take(tx, sender, told.packages);
      for (const { id } of await waitingGroups(tx)) await changes.pump(tx, id);
    }
    if (told.name === "key-packages-wanted") await keyPackages.handOut(tx, contact, "all");
    if (told.name === "group-asks") await offers.told(tx, contact, told.asks === 1);
    if (told.name === "group-offer") await questions.offered(tx, contact, told);
    if (told.name === "group-offer-answer") await answered(tx, contact, told.conversation, told.accepts === 1);
    if (told.name === "group-offer-ended") await offerEnded(tx, contact, told.conversation);
    if (told.name === "group-invitation") await joining.invited(tx, sender, told);
    if (told.name === "group-state") {
      await forks.heard(tx, contact, told);
      await firstJoins.listed(tx, contact, told);
      await departures.listed(tx, contact, told.conversation);
    }
    if (told.name === "group-rejoin") await returns.asked(tx, contact, told);
    if (told.name === "group-rejoin-answer") {
      await departures.answered(tx, contact, told);
      await firstJoins.answered(tx, contact, told);
      if (told.standing === 2) await returns.saidOut(tx, contact, told.conversation);
      await rejoining.answered(tx, contact, told);
    }
    if (told.name === "group-left") await leaving.told(tx, contact, told);
    if (told.name === "texts-wanted") await sayAgain(tx, contact, told.conversation);
    if (told.name === "group-rejoin-refused") await rejoining.refused(tx, contact, told.conversation);
  }

  /**
   * Texts that a contact could not keep: of the two, or of a group since all were in it who are in
   * it now.
   */
  async function sayAgain(tx: Tx, contact: Contact, shared: Uint8Array): Promise<void> {
    const direct = await talk.conversation(tx, contact.conversation);
    const isDirect = crypto.equal(direct.shared, shared);
    const conversation = isDirect ? direct : await findGroup(tx, shared);
    if (conversation === undefined) return;
    if (!isDirect && !(await isMember(tx, conversation.id, contact.id))) return;
    if (!(await context.budgets.take(tx, "wanted", `${contact.id} ${conversation.id}`))) return;
    if (!isDirect && !(await context.budgets.take(tx, "wantedIn", conversation.id))) return;
    const behind = isDirect ? 0 : await ownForAll(tx, conversation.id);
    await p.sending.enqueueFor(tx, conversation.id, contact.id, behind);
    tx.after(() => p.outbox().kick());
  }

  async function wantTexts(tx: Tx, contact: Contact, id: string): Promise<void> {
    const { shared } = await talk.conversation(tx, id);
    await talk.send(tx, contact.conversation, { name: "texts-wanted", conversation: shared });
  }

  async function blocked(tx: Tx, { id }: Contact): Promise<void> {
    await joining.stopFrom(tx, id, await questions.blocked(tx, id));
    await firstJoins.forget(tx, id);
    await rejoining.forgetWord(tx, id);
    people.forget(id);
    await tx.sql.run("DELETE FROM intentions WHERE kind = 'replace' AND json_extract(body, '$.profile') = ?", [id]);
  }

  async function answered(tx: Tx, contact: Contact, shared: Uint8Array, accepts: boolean): Promise<void> {
    const id = await offers.answered(tx, contact, shared, accepts);
    await heedRefusals(tx);
    if (id !== undefined) await changes.pump(tx, id);
  }

  /**
   * Who waits to be let in waits for nothing now, unless they are in the group already for the
   * others.
   */
  async function offerEnded(tx: Tx, contact: Contact, shared: Uint8Array): Promise<void> {
    await questions.ended(tx, contact, shared);
    const conversation = await findGroup(tx, shared);
    const waits = conversation && (await joining.view(tx, conversation.id));
    if (conversation?.state !== "joining" || waits?.by.id !== contact.id || waits.waitsFor !== "inviter") return;
    const [row] = await tx.sql.all("SELECT name FROM conversations WHERE id = ?", [conversation.id]);
    await questions.gaveUp(tx, shared, textIn(row ?? {}, "name"), "withdrawn");
    await joining.stop(tx, conversation.id);
  }

  async function waitingGroups(tx: Tx): Promise<{ id: string }[]> {
    const rows = await tx.sql.all("SELECT DISTINCT conversation FROM intentions WHERE kind = 'add'");
    return rows.map((row) => ({ id: String(row["conversation"]) }));
  }

  async function toldInGroup(tx: Tx, said: Said, told: GroupControl): Promise<void> {
    const { conversation, sender, leaf } = said;
    if (told.name === "group-leave") await leaving.heard(tx, conversation.id, sender, leaf, told.signature);
    // Of a blocked member only what concerns the group as such.
    const isBlocked = (await contacts.find(tx, sender))?.blocked === true;
    if (told.name === "group-card" && !isBlocked) await people.pointed(tx, sender, conversation.store, told.card);
    if (told.name === "group-state" && !isBlocked) await forks.returned(tx, said, told);
    if (told.name === "group-refound") await refounding.called(tx, said, told.without.map(toHex));
    if (told.name === "group-package") await refounding.offered(tx, said, told.keyPackage);
    if (told.name === "group-invitation") await refounding.invited(tx, said, told);
  }

  async function card(tx: Tx, { conversation, sender }: Said, bytes: Uint8Array): Promise<void> {
    const renamed = await people.showed(tx, sender, bytes);
    if (renamed !== undefined && (await contacts.find(tx, sender)) === undefined)
      await p.messages.noteRenamed(tx, conversation.id, sender, renamed);
  }

  async function stored(tx: Tx, item: OutboxItem): Promise<void> {
    if (item.purpose === "object") return newcomers.stored(tx, item);
    const conversation = item.stream.slice(streamOf("").length);
    if (item.reference === LEAVE) await leaving.gone(tx, conversation);
    if (item.reference === REFOUND) await refounding.announced(tx, conversation);
  }

  async function resume(tx: Tx): Promise<void> {
    await joining.resume(tx);
    await rejoining.resume(tx);
    await firstJoins.resume(tx);
    await catchUp.resume(tx);
    await heedRefusals(tx);
    await changes.resume(tx);
    await forks.resume(tx);
    await refounding.resume(tx);
  }

  async function tick(tx: Tx): Promise<void> {
    if ((await profiles.find(tx)) === undefined) return;
    await heedRefusals(tx);
    await changes.tick(tx);
  }

  async function giveUpOld(tx: Tx): Promise<void> {
    if ((await profiles.find(tx)) === undefined) return;
    await keyPackages.tick(tx);
    await removals.tick(tx);
    await departures.tick(tx);
    await refounding.tick(tx);
    await questions.tick(tx);
    await joining.tick(tx);
  }

  /** Nobody holds a key package before they know whether to ask. */
  async function paired(tx: Tx, contact: Contact): Promise<void> {
    await questions.introduce(tx, contact);
    await keyPackages.handOut(tx, contact);
  }

  async function reached(tx: Tx, id: string): Promise<void> {
    const contact = await contacts.find(tx, id);
    if (contact !== undefined) await questions.reached(tx, contact);
    await offers.reached(tx, id);
    await forks.reached(tx, id);
  }

  return {
    commands,
    view,
    settled,
    onRemoved,
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
    outdated: (tx, conversation) => rejoining.start(tx, conversation, "old"),
    renewLabels: (tx, conversation) => fresh.want(tx, conversation, false),
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
const returnersIn = (done: readonly PendingOperation[]): ReadonlyMap<string, Since> =>
  new Map(
    done.flatMap((operation) =>
      operation.kind === "replace" ? [[operation.profile, operation.since ?? ALL] as const] : [],
    ),
  );

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
const leaversOf = (done: readonly PendingOperation[]): ReadonlySet<string> =>
  new Set(done.flatMap((operation) => (operation.kind === "left" ? [operation.profile] : [])));
