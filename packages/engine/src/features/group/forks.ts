import { givesWay, isLeader, profileOf, weigh } from "@pli/protocol/group";
import type { GroupControl, Place, Verdict, Voice } from "@pli/protocol/group";
import { toHex } from "@pli/protocol/crypto";
import type { Cell, Label } from "@pli/protocol/wire";
import type { Returns } from "./returns.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { count } from "../../runtime/counters.ts";
import { fractionFrom, shuffled } from "../../runtime/chance.ts";
import { findConversation, type Conversation } from "../../epochs/conversations.ts";
import type { Epochs, HeldEpoch } from "../../epochs/epochs.ts";
import type { Sending } from "../../epochs/sending.ts";
import type { Contact, Contacts } from "../../people/contacts.ts";
import { bytesIn, numberIn, textIn } from "../../runtime/storage/row.ts";
import type { CatchUp } from "./catch-up.ts";
import type { Doubts } from "./doubts.ts";
import type { History } from "./history.ts";
import { insertPendingOperation, leaversIn, type PendingOperation } from "./pending-operations.ts";
import {
  ALL,
  findBranch,
  lastCommon,
  marksFrom,
  newBranch,
  ownForAll,
  saveBranch,
  withEarlier,
  withMark,
} from "./marks.ts";
import type { Branch, Refused, Since, Teller } from "./marks.ts";
import { findGroup, isMember, listMembers } from "./members.ts";
import type { GroupRejoining } from "./rejoin.ts";
import type { Talk } from "./talk.ts";

/**
 * Contacts that are told of new epochs, and devices of a group that do so: in a large one, some of
 * them.
 */
const TOLD = 3;
const TELLERS = 16;
/** Own changes and counted forks that are remembered. */
const REMEMBERED = 64;
/**
 * A device whose history has the lower mark, or that came into it later, waits for so long before
 * it leaves it.
 */
const PATIENCE_MS = 12_000;
/**
 * After what may have parted people, they tell each other sooner than after a change: between
 * these, in ms.
 */
const SOON_MS = [2_000, 6_000] as const;
/** For this many epochs after a fork too. */
const RECENT_EPOCHS = 8;
/**
 * A device that hears of a newer epoch looks for the commit. If it is still behind after this long,
 * it asks to be brought there.
 */
const BEHIND_MS = 8_000;
/** Own messages that are said again for somebody who came back: none older than this. */
const REPAID_MS = 2 * 86_400_000;
/** Own messages are said again for those who came back after this long, and up to as long again. */
const REPAY_MS = 10_000;
/**
 * What is wanted again when the history it was done in gives way: a removal must not be undone by a
 * store.
 */
const REPEATED: ReadonlySet<PendingOperation["kind"]> = new Set(["add", "remove", "role", "rules", "left"]);

type State = GroupControl & { readonly name: "group-state" };

/**
 * A store that shows two members different commits under one label splits a group: each part goes
 * on by itself and hears nothing of the other. Contacts tell each other which history they have; of
 * two, all agree on the one that gives way, and its devices come back through contacts in the other
 * (docs/protocol.md, section 8.4).
 */
export interface Forks {
  /** An epoch has begun on this device, with the group or by a commit. */
  begun(tx: Tx, held: HeldEpoch, p?: Beginning): Promise<void>;
  /**
   * This device came in by a welcome, with this epoch. `comers`: who came in since it knew the
   * group before.
   */
  joined(tx: Tx, held: HeldEpoch, comers: readonly string[]): Promise<void>;
  /**
   * Nobody was ahead: this device's history stays. `refused`: who made the commit that nobody could
   * open, and who stood beside us.
   */
  stays(tx: Tx, conversation: string, refused?: Omit<Refused, "epoch">): Promise<void>;
  /**
   * A commit put these people's devices back in the place of their old leaves, and brought those
   * in.
   */
  broughtIn(tx: Tx, held: HeldEpoch, p: { back: readonly string[]; added: readonly string[] }): Promise<void>;
  /** The epoch began by our own commit, which did this. */
  did(tx: Tx, held: HeldEpoch, operations: readonly PendingOperation[]): Promise<void>;
  /**
   * The conversation with this contact has begun again: their device, or this one, may have been
   * put back to an old state.
   */
  reached(tx: Tx, contact: string): Promise<void>;
  /** A contact tells which history they have. */
  heard(tx: Tx, contact: Contact, state: State): Promise<void>;
  /**
   * Somebody who is back says in the group which history they were in: they lack what was said here
   * meanwhile.
   */
  returned(tx: Tx, at: { conversation: Conversation; sender: string }, state: State): Promise<void>;
  /**
   * The store shows a cell where the commit stood that ended this epoch; another one proves that it
   * tells others otherwise.
   */
  shownAgain(tx: Tx, place: { conversation: string; epoch: number; isNext?: true }, cell: Cell): Promise<void>;
  /**
   * This device is back in the group. True when it had been in a branch that gave way: the history
   * says so.
   */
  back(tx: Tx, conversation: string): Promise<boolean>;
  resume(tx: Tx): Promise<void>;
}

/** How an epoch began. */
interface Beginning {
  /** Who made the commit. */
  readonly by?: string;
  /** Contacts to tell in any case: those this device brought in. */
  readonly told?: readonly string[];
  /**
   * Those who came in with it: somebody other than the one who brought them in tells them of the
   * group.
   */
  readonly comers?: readonly string[];
  /** The label of the next attempt. */
  readonly behind?: Label;
}

export function createForks(
  context: Context,
  p: {
    catchUp: CatchUp;
    contacts: Contacts;
    epochs: Epochs;
    history: History;
    rejoining: GroupRejoining;
    doubts: Doubts;
    returns: Pick<Returns, "refuse">;
    sending: Sending;
    talk: Talk;
  },
): Forks {
  const { budgets, clock, crypto, groups, options } = context;
  const { contacts, epochs, talk } = p;
  /** Conversations whose contacts are about to be told, and whom of them in any case. */
  const waiting = new Map<string, Set<string>>();

  context.onReload(async (tx) => {
    for (const row of await tx.sql.all("SELECT id FROM conversations WHERE kind = 'group' AND state = 'ready'"))
      await expectSettled(tx, textIn(row, "id"));
  });

  async function begun(tx: Tx, held: HeldEpoch, { by, told = [], comers = [], behind }: Beginning = {}): Promise<void> {
    const branch = await note(tx, held, (known) => (by === undefined ? known : withCommit(known, held, by, behind)));
    const hasParted = branch.forks.some((epoch) => held.number - epoch <= RECENT_EPOCHS);
    if (hasParted) return tellLater(tx, held.conversation, told, SOON_MS);
    const isOne = isTeller(groups.members(held.epoch.group).length);
    if (isOne || told.length > 0) return tellLater(tx, held.conversation, isOne ? [...told, ...comers] : told);
    await saveBranch(tx, held.conversation, { ...branch, told: held.number });
  }

  async function joined(tx: Tx, held: HeldEpoch, comers: readonly string[]): Promise<void> {
    const branch = await note(tx, held, (known) => ({ ...known, joinedAt: held.number }));
    await saveBranch(tx, held.conversation, withComers(branch, held.number, comers));
    await tellSoon(tx, held.conversation);
    await askFormer(tx, held.conversation);
  }

  /** Who was in a group that this device was led away from hears where it is now. */
  async function askFormer(tx: Tx, id: string): Promise<void> {
    const conversation = await findConversation(tx, id);
    const branch = await findBranch(tx, id);
    if (conversation === undefined || branch === undefined) return;
    for (const other of await p.doubts.others(tx, id)) {
      const contact = await contacts.find(tx, other);
      if (contact?.blocked === false) await talk.send(tx, contact.conversation, stateOf(conversation.shared, branch));
    }
  }

  function withCommit(branch: Branch, { number: epoch }: HeldEpoch, who: string, label: Label | undefined): Branch {
    const earlier = <T extends { readonly epoch: number }>(all: readonly T[]): T[] =>
      all.filter((one) => one.epoch < epoch);
    const authors = [...earlier(branch.authors), { epoch, who }].slice(-REMEMBERED);
    const behind = [...earlier(branch.behind), ...(label === undefined ? [] : [{ epoch, label: toHex(label) }])];
    return { ...branch, authors, behind: behind.slice(-RECENT_EPOCHS) };
  }

  /**
   * What shows that this device has come to this epoch, and `how`. Of another MLS group nothing is
   * kept.
   */
  async function note(tx: Tx, held: HeldEpoch, how: (branch: Branch) => Branch): Promise<Branch> {
    const { conversation, number } = held;
    const { group } = held.epoch;
    const known = await findBranch(tx, conversation);
    const id = toHex(groups.groupId(group));
    const branch = how(known?.group === id ? known : newBranch(id));
    const marks = withMark(branch.marks, number, groups.epochAuthenticator(group));
    const begin = { epoch: number, ...(await sinceNow(tx, conversation)) };
    const begun = [...branch.begun.filter((other) => other.epoch < number), begin].slice(-REMEMBERED);
    const noted = { ...branch, marks, begun, answered: [] };
    await saveBranch(tx, conversation, noted);
    await expectSettled(tx, conversation);
    return noted;
  }

  async function sinceNow(tx: Tx, conversation: string): Promise<Since> {
    const [row] = await tx.sql.all(
      `SELECT coalesce(max(ord), 0) AS newest, min(CASE WHEN mine AND state = 'saved' THEN ord - 1 END) AS own
       FROM messages WHERE conversation = ?`,
      [conversation],
    );
    const after = row === undefined ? 0 : numberIn(row, "newest");
    return { after, own: typeof row?.["own"] === "number" ? row["own"] : after };
  }

  async function tellSoon(tx: Tx, conversation: string): Promise<void> {
    tellLater(tx, conversation, [], SOON_MS);
  }

  /** In a large group the epochs would fill the store with what all tell of them. */
  function isTeller(members: number): boolean {
    return random() * members < TELLERS;
  }

  async function reached(tx: Tx, contact: string): Promise<void> {
    const shared = await tx.sql.all(
      "SELECT c.id FROM conversations c JOIN members m ON m.conversation = c.id WHERE c.state = 'ready' AND m.profile = ?",
      [contact],
    );
    for (const row of shared) tellLater(tx, textIn(row, "id"), [contact]);
  }

  const random = (): number => fractionFrom(crypto.random(4));

  function tellLater(
    tx: Tx,
    conversation: string,
    told: readonly string[],
    [least, most]: readonly [number, number] = options.groupStateDelay,
  ): void {
    tx.after(() => {
      const known = waiting.get(conversation);
      waiting.set(conversation, new Set([...(known ?? []), ...told]));
      if (known !== undefined && least >= options.groupStateDelay[0]) return;
      const wait = least + random() * (most - least);
      context.later(wait, (later) => tell(later, conversation));
    });
  }

  async function tell(tx: Tx, id: string): Promise<void> {
    const told = waiting.get(id) ?? new Set();
    waiting.delete(id);
    const branch = await findBranch(tx, id);
    const conversation = await findConversation(tx, id);
    if (branch === undefined || conversation?.state !== "ready") return;
    const leavers = await leaversIn(tx, id);
    const others = (await contactsIn(tx, id)).filter((other) => !leavers.has(other));
    const some = shuffled(
      others.filter((other) => !told.has(other)),
      random,
    ).slice(0, TOLD);
    for (const other of [...others.filter((one) => told.has(one)), ...some]) {
      const contact = await contacts.find(tx, other);
      if (contact !== undefined) await talk.send(tx, contact.conversation, stateOf(conversation.shared, branch));
    }
    await saveBranch(tx, id, { ...branch, told: branch.marks.at(-1)?.[0] ?? -1 });
  }

  async function contactsIn(tx: Tx, conversation: string): Promise<string[]> {
    const rows = await tx.sql.all(
      "SELECT k.id FROM members m JOIN contacts k ON k.id = m.profile WHERE m.conversation = ? AND NOT k.blocked",
      [conversation],
    );
    return rows.map((row) => textIn(row, "id"));
  }

  function stateOf(conversation: Uint8Array, { group, joinedAt, marks }: Branch): State {
    const list = marks.map(([epoch, mark]) => ({ epoch, mark: talk.bytes(mark) }));
    const isLate = joinedAt > (marks[0]?.[0] ?? 0);
    const state = { name: "group-state", conversation, group: talk.bytes(group), epochs: list } as const;
    return isLate ? { ...state, since: joinedAt } : state;
  }

  async function did(tx: Tx, held: HeldEpoch, operations: readonly PendingOperation[]): Promise<void> {
    const branch = await findBranch(tx, held.conversation);
    if (branch === undefined) return;
    const lasting = operations.filter(({ kind }) => REPEATED.has(kind));
    const done = [...branch.done, ...lasting.map((operation) => ({ epoch: held.number, operation }))].slice(
      -REMEMBERED,
    );
    await saveBranch(tx, held.conversation, { ...branch, done });
  }

  async function heard(tx: Tx, contact: Contact, said: State): Promise<void> {
    const conversation = await findGroup(tx, said.conversation);
    const held = conversation && (await epochs.current(tx, conversation.id));
    const branch = conversation && (await findBranch(tx, conversation.id));
    if (conversation?.state === "rejoining")
      return p.rejoining.onPeerState(tx, conversation.id, contact.id, newestPlaceIn(said));
    if (conversation?.state !== "ready" || held === undefined || branch === undefined) return;
    if (branch.group !== toHex(said.group)) return elsewhere(tx, conversation, branch, contact, toHex(said.group));
    if (!(await isMember(tx, conversation.id, contact.id))) return p.returns.refuse(tx, contact, conversation);
    const told = { conversation, held, contact, said };
    const verdict = movedFrom(branch, told) ?? weigh(branch.marks, marksFrom(said));
    if (verdict.type === "same") return agree(tx, told, branch);
    if (verdict.type === "nothing in common") return answer(tx, conversation, branch, contact);
    await parted(tx, told, await countFork(tx, branch, verdict.epoch), verdict);
  }

  /**
   * Somebody is in the MLS group that this device was in before it was led, with doubt, into this
   * one; or it is they who were led away, and hear where the others are.
   */
  async function elsewhere(
    tx: Tx,
    conversation: Conversation,
    branch: Branch,
    contact: Contact,
    group: string,
  ): Promise<void> {
    const { id } = conversation;
    if ((await p.doubts.isContradicted(tx, id, contact.id, group)) && (await mayRepair(tx, contact, conversation)))
      return p.rejoining.start(tx, id, "fork", { via: contact.id });
    if (await isMember(tx, id, contact.id)) await answer(tx, conversation, branch, contact);
  }

  /**
   * Somebody who was where we are has come into another history by a welcome: ours was given up,
   * whatever its marks. So has who stood beside us when we passed over a commit, if nobody but us
   * has gone on from there: then our side is heard first.
   */
  function movedFrom(
    branch: Branch,
    { held, contact: { id }, said }: Pick<Told, "held" | "contact" | "said">,
  ): (Verdict & { readonly type: "fork" }) | undefined {
    const common = lastCommon(branch.marks, marksFrom(said));
    const newest = branch.marks.at(-1)?.[0] ?? 0;
    const wasHere = [...branch.authors, ...branch.peers].some((one) => one.who === id && one.epoch === newest);
    const left = wasHere ? newest : passedAlone(branch, selfIn(held)).find(({ beside }) => beside?.includes(id))?.epoch;
    if (left === undefined || common < 0 || common >= left || (said.since ?? 0) <= left) return undefined;
    return { type: "fork", epoch: common + 1, isLower: !wasHere };
  }

  /** Commits that this device passed over, since which it alone has begun epochs here. */
  function passedAlone({ joinedAt, refused, authors }: Branch, self: string): readonly Refused[] {
    const isAlone = ({ epoch }: Refused): boolean => authors.every((one) => one.epoch < epoch || one.who === self);
    return refused.filter((one) => one.epoch > joinedAt && isAlone(one));
  }

  type Told = { conversation: Conversation; held: HeldEpoch; contact: Contact; said: State };

  /**
   * The histories differ: this device stays where it is until it is brought into the other, if that
   * one stays.
   */
  async function parted(
    tx: Tx,
    told: Told,
    branch: Branch,
    verdict: Verdict & { readonly type: "fork" },
  ): Promise<void> {
    const { conversation, held, contact, said } = told;
    const { id } = conversation;
    const before = branch.voices.find(({ who }) => who === contact.id);
    const hasMoved = before?.moved === true || movedFrom(branch, told) !== undefined;
    const since = hasMoved ? 0 : firstOf(said);
    const teller = { who: contact.id, since, epoch: verdict.epoch, ...(hasMoved && { moved: true as const }) };
    const { epoch, isLower } = verdict;
    const known = { ...branch, voices: withTeller(branch.voices, teller), peers: without(branch.peers, contact.id) };
    const rival = { epoch, isLower, from: partedAt(branch, said, epoch) };
    await saveBranch(tx, id, { ...known, rival });
    await answer(tx, conversation, { ...known, rival }, contact);
    if (!(await isConvinced(tx, held))) return;
    const wasThere = branch.joinedAt < epoch;
    if (!isLower && wasThere) return yieldNow(tx, held);
    // Those of our own history are heard first: it may well be the one that stays.
    await tellSoon(tx, id);
    tx.after(() => context.later(PATIENCE_MS, (later) => yieldStill(later, id)));
  }

  async function yieldStill(tx: Tx, conversation: string): Promise<void> {
    const held = await epochs.current(tx, conversation);
    if (held !== undefined && (await isConvinced(tx, held))) await yieldNow(tx, held);
  }

  /** Whether our history gives way, by all that is known now. */
  async function isConvinced(tx: Tx, held: HeldEpoch): Promise<boolean> {
    const { conversation } = held;
    const branch = await findBranch(tx, conversation);
    const { rival } = branch ?? {};
    if (branch === undefined || rival === undefined || branch.voices.length === 0) return false;
    const roles = new Map((await listMembers(tx, conversation)).map(({ profile, role }) => [profile, role]));
    const voice = (who: string, since: number): Voice => ({ who, since, leads: isLeader(roles.get(who)) });
    const self = selfIn(held);
    const isPassedOver = branch.passedOver.includes(rival.epoch);
    const author = branch.authors.find((one) => one.epoch === rival.epoch)?.who;
    // Whose commit others passed over is not heard about it, here as there.
    const isHeard = ({ who, epoch }: { who: string; epoch: number }): boolean =>
      epoch >= rival.epoch && !(isPassedOver && who === author);
    const peers = branch.peers.filter(isHeard).map(({ who, since }) => voice(who, since));
    const sinceOf = (who: string): number =>
      who === self ? branch.joinedAt : (branch.peers.find((peer) => peer.who === who)?.since ?? 0);
    const hasGone = ({ who }: { who: string }): boolean => branch.voices.some((other) => other.who === who);
    const authors = branch.authors
      .filter((one) => isHeard(one) && !hasGone(one))
      .map(({ who }) => voice(who, sinceOf(who)));
    const isOnlyContact = (await contactsIn(tx, conversation)).length === 1;
    const isRefused = (who: string): boolean =>
      branch.refused.some((one) => one.who === who && one.epoch === rival.epoch);
    const heardVoices = branch.voices.filter(({ who }) => !isRefused(who));
    const theirs = heardVoices.map(({ who, since }) => voice(who, since));
    return givesWay({
      ...rival,
      self: voice(self, branch.joinedAt),
      ours: [...peers, ...authors],
      theirs,
      isOnlyContact,
      hasLost: heardVoices.some(({ moved }) => moved === true),
      isPassedOver,
    });
  }

  async function yieldNow(tx: Tx, { conversation }: HeldEpoch): Promise<void> {
    const branch = await findBranch(tx, conversation);
    const via = branch?.voices.at(-1)?.who;
    if (branch?.rival === undefined || via === undefined) return;
    await saveBranch(tx, conversation, { ...branch, yields: branch.rival.from ?? branch.rival.epoch });
    await p.rejoining.start(tx, conversation, "fork", { via });
  }

  /**
   * A member who is further knows of a commit that did not come here; to one who is not so far it
   * did not come there.
   */
  async function agree(tx: Tx, { conversation, held, contact, said }: Told, branch: Branch): Promise<void> {
    const { number } = held;
    const theirs = marksFrom(said);
    const newest = theirs.at(-1)?.[0] ?? 0;
    const teller = { who: contact.id, since: firstOf(said), epoch: lastCommon(branch.marks, theirs) };
    const peers = withTeller(branch.peers, teller);
    const voices = without(branch.voices, contact.id);
    const known = { ...branch, peers, voices, marks: withEarlier(branch.marks, theirs) };
    await saveBranch(tx, conversation.id, known);
    if (newest < number) return answer(tx, conversation, known, contact);
    if (newest === number || !(await mayRepair(tx, contact, conversation))) return;
    await p.catchUp.look(tx, held);
    const group = branch.group;
    const told = { conversation: conversation.id, group, newest, who: contact.id };
    tx.after(() => context.later(BEHIND_MS, (later) => askIfBehind(later, told)));
  }

  /** Who says again and again that this device is behind, or astray, is not heard each time. */
  const mayRepair = (tx: Tx, contact: Contact, { id }: Conversation): Promise<boolean> =>
    budgets.take(tx, "repairs", `${contact.id} ${id}`);

  async function askIfBehind(
    tx: Tx,
    p_: { conversation: string; group: string; newest: number; who: string },
  ): Promise<void> {
    const held = await epochs.current(tx, p_.conversation);
    const isSame = held !== undefined && toHex(groups.groupId(held.epoch.group)) === p_.group;
    if (isSame && held.number < p_.newest) await p.rejoining.start(tx, p_.conversation, "behind", { via: p_.who });
  }

  /**
   * Once in each epoch: the other side may know more of where the histories part, or is the one
   * that gives way.
   */
  async function answer(tx: Tx, { id, shared }: Conversation, branch: Branch, contact: Contact): Promise<void> {
    const isAnswered = branch.answered.includes(contact.id);
    if (!isAnswered) await talk.send(tx, contact.conversation, stateOf(shared, branch));
    await saveBranch(tx, id, isAnswered ? branch : { ...branch, answered: [...branch.answered, contact.id] });
  }

  async function countFork(tx: Tx, branch: Branch, epoch: number): Promise<Branch> {
    if (branch.forks.includes(epoch)) return branch;
    await count(tx, "forks");
    return { ...branch, forks: [...branch.forks, epoch].slice(-REMEMBERED) };
  }

  /**
   * The epoch after the newest that both have been in; where none is known, the first that is known
   * to differ.
   */
  function partedAt({ marks }: Branch, said: State, differs: number): number {
    const common = lastCommon(marks, marksFrom(said));
    return common < 0 ? differs : common + 1;
  }

  /** Behind which message here the own ones left in this epoch or later. */
  const behindOf = ({ begun: all }: Branch, epoch: number): number =>
    all.find((own) => own.epoch >= epoch)?.own ?? Number.MAX_SAFE_INTEGER;

  async function expectSettled(tx: Tx, conversation: string): Promise<void> {
    const rows = await tx.sql.all("SELECT epoch_number, label FROM settled_commits WHERE conversation = ?", [
      conversation,
    ]);
    const labels = rows.map((row) => ({
      label: bytesIn(row, "label") as Label,
      expectation: { kind: "settled", conversation, epoch: numberIn(row, "epoch_number") } as const,
    }));
    const behind = ((await findBranch(tx, conversation))?.behind ?? []).map(({ epoch, label }) => ({
      label: talk.bytes(label) as Label,
      expectation: { kind: "settled", conversation, epoch: epoch - 1, isNext: true } as const,
    }));
    context.expectations.set("settled", conversation, [...labels, ...behind]);
  }

  async function shownAgain(
    tx: Tx,
    { conversation, epoch, isNext }: { conversation: string; epoch: number; isNext?: true },
    cell: Cell,
  ): Promise<void> {
    if (isNext === true) return passedOver(tx, conversation, epoch + 1);
    const branch = await findBranch(tx, conversation);
    const [row] = await tx.sql.all("SELECT hash FROM settled_commits WHERE conversation = ? AND epoch_number = ?", [
      conversation,
      epoch,
    ]);
    const isSame = row === undefined || crypto.equal(bytesIn(row, "hash"), crypto.sha256(cell));
    if (isSame || branch === undefined || branch.forks.includes(epoch + 1)) return;
    await saveBranch(tx, conversation, await countFork(tx, branch, epoch + 1));
    await tell(tx, conversation);
  }

  /**
   * Somebody has written behind our commit, as if it were none. It may be noise: they compare, and
   * nothing more.
   */
  async function passedOver(tx: Tx, conversation: string, epoch: number): Promise<void> {
    const branch = await findBranch(tx, conversation);
    if (branch === undefined || branch.passedOver.includes(epoch)) return;
    const all = [...branch.passedOver, epoch].slice(-REMEMBERED);
    await saveBranch(tx, conversation, { ...branch, passedOver: all });
    await tellSoon(tx, conversation);
  }

  async function back(tx: Tx, conversation: string): Promise<boolean> {
    const branch = await findBranch(tx, conversation);
    if (branch?.yields === undefined) return false;
    const { yields, rival, ...kept } = branch;
    const lost = { operations: branch.done.filter(({ epoch }) => epoch >= yields), behind: behindOf(branch, yields) };
    const earlier = {
      marks: kept.marks.filter(([epoch]) => epoch < yields),
      done: kept.done.filter(({ epoch }) => epoch < yields),
    };
    await saveBranch(tx, conversation, { ...kept, ...earlier, voices: [], peers: [], answered: [] });
    await p.history.note(tx, conversation, "", { what: "forkRepaired" });
    // What nobody followed is not done again behind everybody's back: they have passed over it.
    const isPassedOver = branch.passedOver.includes(rival?.epoch ?? yields);
    for (const { operation } of isPassedOver ? [] : lost.operations)
      await insertPendingOperation(tx, { conversation, operation, createdAt: clock.now() });
    await p.sending.enqueueSince(tx, conversation, { behind: lost.behind });
    const { shared } = await talk.conversation(tx, conversation);
    await talk.send(tx, conversation, stateOf(shared, branch));
    return true;
  }

  async function stays(tx: Tx, conversation: string, passed?: Omit<Refused, "epoch">): Promise<void> {
    const branch = await findBranch(tx, conversation);
    if (branch === undefined) return;
    const { yields: _, rival: __, ...kept } = branch;
    const epoch = (branch.marks.at(-1)?.[0] ?? 0) + 1;
    const refused = [...kept.refused, ...(passed === undefined ? [] : [{ epoch, ...passed }])].slice(-REMEMBERED);
    await saveBranch(tx, conversation, { ...kept, refused });
    await tellSoon(tx, conversation);
  }

  async function broughtIn(
    tx: Tx,
    { conversation, number: epoch }: HeldEpoch,
    { back: backAgain, added }: { back: readonly string[]; added: readonly string[] },
  ): Promise<void> {
    const branch = await findBranch(tx, conversation);
    if (branch === undefined || backAgain.length + added.length === 0) return;
    const others = branch.replaced.filter(({ profile }) => !backAgain.includes(profile));
    const replaced = [...others, ...backAgain.map((profile) => ({ profile, epoch }))].slice(-REMEMBERED);
    await saveBranch(tx, conversation, { ...withComers(branch, epoch, added), replaced });
  }

  function withComers(branch: Branch, epoch: number, added: readonly string[]): Branch {
    const { after, own } = branch.begun.at(-1) ?? ALL;
    const earlier = branch.came.filter(({ profile }) => !added.includes(profile));
    const came = [...earlier, ...added.map((profile) => ({ profile, epoch, after, own }))].slice(-REMEMBERED);
    return { ...branch, came };
  }

  const selfIn = ({ epoch }: HeldEpoch): string =>
    profileOf(groups.members(epoch.group).find(({ leaf }) => leaf === epoch.ownLeaf) ?? NOBODY) ?? "";

  /**
   * Believed of somebody whose device all have seen come back, behind where the histories parted,
   * and once for each time.
   */
  async function returned(
    tx: Tx,
    { conversation: { id }, sender }: { conversation: Conversation; sender: string },
    said: State,
  ): Promise<void> {
    const branch = await findBranch(tx, id);
    const verdict = weigh(branch?.marks ?? [], marksFrom(said));
    if (branch === undefined || branch.group !== toHex(said.group) || verdict.type !== "fork") return;
    const came = branch.replaced.find(({ profile, epoch }) => profile === sender && epoch >= verdict.epoch);
    if (came === undefined) return;
    const counted = await countFork(tx, branch, verdict.epoch);
    const owed = behindOf(branch, partedAt(branch, said, verdict.epoch));
    const replaced = branch.replaced.filter((other) => other !== came);
    await saveBranch(tx, id, { ...counted, replaced, owed: Math.min(owed, branch.owed ?? owed) });
    repayLater(tx, id, await budgets.takeOrWait(tx, "repaidFor", `${sender} ${id}`));
  }

  /** Others come back at the same time: it is done once for all of them. */
  function repayLater(tx: Tx, conversation: string, rest = 0): void {
    tx.after(() => {
      const wait = rest + REPAY_MS + random() * REPAY_MS;
      context.later(wait, (later) => repay(later, conversation));
    });
  }

  async function repay(tx: Tx, conversation: string): Promise<void> {
    const branch = await findBranch(tx, conversation);
    if (branch?.owed === undefined) return;
    const rest = await budgets.takeOrWait(tx, "repaidIn", conversation);
    if (rest > 0) return repayLater(tx, conversation, rest);
    const { owed, ...kept } = branch;
    await saveBranch(tx, conversation, kept);
    // Also what others of the same history have acknowledged.
    const behind = Math.max(owed, await ownForAll(tx, conversation));
    await p.sending.enqueueSince(tx, conversation, { behind, since: clock.now() - REPAID_MS });
  }

  async function resume(tx: Tx): Promise<void> {
    for (const row of await tx.sql.all("SELECT id FROM conversations WHERE kind = 'group' AND state = 'ready'")) {
      const id = textIn(row, "id");
      const branch = await findBranch(tx, id);
      if (branch?.owed !== undefined) repayLater(tx, id);
      if (branch !== undefined && branch.told < (branch.marks.at(-1)?.[0] ?? -1)) tellLater(tx, id, []);
    }
  }

  return { begun, joined, stays, broughtIn, did, reached, heard, returned, shownAgain, back, resume };
}

/** Where somebody stands who tells their history. */
function newestPlaceIn(said: State): Place | undefined {
  const [epoch, mark] = marksFrom(said).at(-1) ?? [];
  return epoch === undefined || mark === undefined ? undefined : { group: toHex(said.group), epoch, mark };
}

/** The first epoch that somebody was in the group, as they tell. */
const firstOf = ({ since, epochs }: State): number => since ?? epochs[0]?.epoch ?? Number.MAX_SAFE_INTEGER;

const NOBODY = { credential: new Uint8Array(0) };

const without = (tellers: readonly Teller[], who: string): Teller[] => tellers.filter((other) => other.who !== who);

const withTeller = (tellers: readonly Teller[], teller: Teller): Teller[] =>
  [...without(tellers, teller.who), teller].slice(-REMEMBERED);
