import { mayAdd, parseRules, type GroupControl } from "@pli/protocol/group";
import { toHex } from "@pli/protocol/crypto";
import type { Cell, Label } from "@pli/protocol/wire";
import type { Context, Unit } from "../core/context.ts";
import { count } from "../core/counters.ts";
import { findConversation, type Conversation } from "../conversation/conversations.ts";
import type { Epochs, HeldEpoch } from "../conversation/epochs.ts";
import type { Sending } from "../conversation/sending.ts";
import type { Contact, Contacts } from "../profile/contacts.ts";
import { bytesIn, numberIn, textIn } from "../storage/row.ts";
import type { CatchUp } from "./catch-up.ts";
import type { History } from "./history.ts";
import { insertIntention, type Wish } from "./intentions.ts";
import { findBranch, forgetBranch, newBranch, saveBranch, weigh, withEarlier, withMark } from "./marks.ts";
import type { Branch, Marks } from "./marks.ts";
import { findGroup, listMembers } from "./members.ts";
import type { GroupRejoining } from "./rejoin.ts";
import type { Talk } from "./talk.ts";

/** Contacts that are told of new epochs, and devices of a group that do so: in a large one, some of them. */
const TOLD = 3;
const TELLERS = 16;
/** Own changes and counted forks that are remembered. */
const REMEMBERED = 64;
const MAX_RETURNED = 256;
/** Own messages are said again for those who came back after this long, and up to as long again; for one person once in so long. */
const REPAY_MS = 10_000;
const REPAID_AGAIN_MS = 3_600_000;
/** What is wanted again when the history it was done in gives way: a removal must not be undone by a store. */
const REPEATED: ReadonlySet<Wish["kind"]> = new Set(["add", "remove", "role", "rules", "left"]);

type State = GroupControl & { readonly name: "group-state" };

/**
 * A store that shows two members different commits under one label splits a group: each part goes on by itself and
 * hears nothing of the other. Contacts tell each other which history they have; of two, all agree on the one that
 * gives way, and its devices come back through contacts in the other (docs/protocol.md, section 8.4).
 */
export interface Forks {
  /** An epoch has begun on this device. `told`: contacts to tell in any case, those it brought in. */
  begun(unit: Unit, held: HeldEpoch, told?: readonly string[]): Promise<void>;
  /** The epoch began by our own commit, which did this. */
  did(unit: Unit, held: HeldEpoch, wishes: readonly Wish[]): Promise<void>;
  /** A contact tells which history they have. */
  heard(unit: Unit, contact: Contact, state: State): Promise<void>;
  /** Somebody who is back says in the group which history they were in: they lack what was said here meanwhile. */
  returned(unit: Unit, at: { conversation: Conversation; sender: string }, state: State): Promise<void>;
  /** The store shows a cell where the commit stood that ended this epoch; another one proves that it tells others otherwise. */
  shownAgain(unit: Unit, place: { conversation: string; epoch: number }, cell: Cell): Promise<void>;
  /** This device is back in the group. True when it had been in a branch that gave way: the history says so. */
  back(unit: Unit, conversation: string): Promise<boolean>;
  forget(unit: Unit, conversation: string): Promise<void>;
  resume(unit: Unit): Promise<void>;
}

export function createForks(
  context: Context,
  p: {
    catchUp: CatchUp;
    contacts: Contacts;
    epochs: Epochs;
    history: History;
    rejoining: GroupRejoining;
    sending: Sending;
    talk: Talk;
  },
): Forks {
  const { clock, crypto, groups, options } = context;
  const { contacts, epochs, talk } = p;
  /** Conversations whose contacts are about to be told, and whom of them in any case. */
  const waiting = new Map<string, Set<string>>();
  /** When messages were last said again in a group for somebody, or will be. */
  const repaidAt = new Map<string, number>();

  context.onReload(async (unit) => {
    for (const row of await unit.sql.all("SELECT id FROM conversations WHERE kind = 'group' AND state = 'ready'"))
      await expectSettled(unit, textIn(row, "id"));
  });

  async function begun(unit: Unit, held: HeldEpoch, told: readonly string[] = []): Promise<void> {
    const { conversation, number } = held;
    const { group } = held.epoch;
    const known = await findBranch(unit, conversation);
    const id = toHex(groups.groupId(group));
    const branch = known?.group === id ? known : newBranch(id);
    const marks = withMark(branch.marks, number, groups.epochAuthenticator(group));
    const all = [...branch.begun.filter((other) => other.epoch < number), { epoch: number, at: clock.now() }];
    const next = { ...branch, marks, begun: all.slice(-REMEMBERED), answered: [] };
    const tells = told.length > 0 || isTeller(groups.members(group).length);
    await saveBranch(unit, conversation, { ...next, told: tells ? branch.told : number });
    if (tells) tellLater(unit, conversation, told);
    await expectSettled(unit, conversation);
  }

  /** In a large group the epochs would fill the store with what all tell of them. */
  function isTeller(members: number): boolean {
    return random() * members < TELLERS;
  }

  const random = (): number => crypto.random(4).reduce((sum, byte) => sum * 256 + byte, 0) / 2 ** 32;

  function tellLater(unit: Unit, conversation: string, told: readonly string[]): void {
    unit.after(() => {
      const known = waiting.get(conversation);
      waiting.set(conversation, new Set([...(known ?? []), ...told]));
      if (known !== undefined) return;
      const [least, most] = options.groupStateDelay;
      const wait = least + random() * (most - least);
      clock.after(wait, () => void context.transact((later) => tell(later, conversation)).catch(() => undefined));
    });
  }

  async function tell(unit: Unit, id: string): Promise<void> {
    const told = waiting.get(id) ?? new Set();
    waiting.delete(id);
    const branch = await findBranch(unit, id);
    const conversation = await findConversation(unit, id);
    if (branch === undefined || conversation?.state !== "ready") return;
    const others = await contactsIn(unit, id);
    const some = shuffled(others.filter((other) => !told.has(other))).slice(0, TOLD);
    for (const other of [...others.filter((one) => told.has(one)), ...some]) {
      const contact = await contacts.find(unit, other);
      if (contact !== undefined) await talk.send(unit, contact.conversation, stateOf(conversation.shared, branch));
    }
    await saveBranch(unit, id, { ...branch, told: branch.marks.at(-1)?.[0] ?? -1 });
  }

  async function contactsIn(unit: Unit, conversation: string): Promise<string[]> {
    const rows = await unit.sql.all(
      "SELECT k.id FROM members m JOIN contacts k ON k.id = m.profile WHERE m.conversation = ? AND NOT k.blocked",
      [conversation],
    );
    return rows.map((row) => textIn(row, "id"));
  }

  function shuffled<T>(list: readonly T[]): T[] {
    const keyed = list.map((one) => ({ one, key: random() }));
    return keyed.toSorted((a, b) => a.key - b.key).map(({ one }) => one);
  }

  function stateOf(conversation: Uint8Array, { group, marks }: Branch): State {
    const list = marks.map(([epoch, mark]) => ({ epoch, mark: talk.bytes(mark) }));
    return { name: "group-state", conversation, group: talk.bytes(group), epochs: list };
  }

  const marksFrom = ({ epochs: list }: State): Marks => list.map(({ epoch, mark }) => [epoch, toHex(mark)] as const);

  async function did(unit: Unit, held: HeldEpoch, wishes: readonly Wish[]): Promise<void> {
    const branch = await findBranch(unit, held.conversation);
    if (branch === undefined) return;
    const lasting = wishes.filter(({ kind }) => REPEATED.has(kind));
    const done = [...branch.done, ...lasting.map((wish) => ({ epoch: held.number, wish }))].slice(-REMEMBERED);
    await saveBranch(unit, held.conversation, { ...branch, done });
  }

  async function heard(unit: Unit, contact: Contact, said: State): Promise<void> {
    const conversation = await findGroup(unit, said.conversation);
    const held = conversation && (await epochs.current(unit, conversation.id));
    const branch = conversation && (await findBranch(unit, conversation.id));
    if (conversation?.state !== "ready" || held === undefined || branch?.group !== toHex(said.group)) return;
    if (!(await listMembers(unit, conversation.id)).some(({ profile }) => profile === contact.id)) return;
    const theirs = marksFrom(said);
    const verdict = weigh(branch.marks, theirs);
    if (verdict.type === "same") return agree(unit, held, branch, theirs);
    if (verdict.type === "nothing in common") return answer(unit, conversation, branch, contact);
    const noted = await countFork(unit, branch, verdict.epoch);
    if (!verdict.yields) return answer(unit, conversation, noted, contact);
    const voices = [...new Set([...noted.voices, contact.id])];
    const isSure = await isBelieved(unit, held, voices);
    if (isSure) return giveWay(unit, held, noted, { theirs, epoch: verdict.epoch, voices });
    await saveBranch(unit, held.conversation, { ...noted, voices });
    tellLater(unit, held.conversation, []);
  }

  /** Whoever is further knows of a commit that did not come here. */
  async function agree(unit: Unit, held: HeldEpoch, branch: Branch, theirs: Marks): Promise<void> {
    await saveBranch(unit, held.conversation, { ...branch, marks: withEarlier(branch.marks, theirs) });
    const newest = theirs.at(-1)?.[0] ?? 0;
    if (newest > held.number) await p.catchUp.look(unit, held);
  }

  /** Once in each epoch: the other side may know more of where the histories part, or is the one that gives way. */
  async function answer(unit: Unit, { id, shared }: Conversation, branch: Branch, contact: Contact): Promise<void> {
    const isAnswered = branch.answered.includes(contact.id);
    if (!isAnswered) await talk.send(unit, contact.conversation, stateOf(shared, branch));
    await saveBranch(unit, id, isAnswered ? branch : { ...branch, answered: [...branch.answered, contact.id] });
  }

  async function countFork(unit: Unit, branch: Branch, epoch: number): Promise<Branch> {
    if (branch.forks.includes(epoch)) return branch;
    await count(unit, "forks");
    return { ...branch, forks: [...branch.forks, epoch].slice(-REMEMBERED) };
  }

  /**
   * Whether another history is believed enough to leave our own: somebody who leads the group tells it, or two people do, or
   * the one contact this person has there. Otherwise any member could lead us into a group of their own making.
   */
  async function isBelieved(unit: Unit, held: HeldEpoch, voices: readonly string[]): Promise<boolean> {
    const leaders = (await listMembers(unit, held.conversation)).filter(
      ({ role }) => role === "owner" || role === "admin",
    );
    if (voices.length > 1 || leaders.some(({ profile }) => voices.includes(profile))) return true;
    return (await contactsIn(unit, held.conversation)).length === 1;
  }

  async function giveWay(
    unit: Unit,
    held: HeldEpoch,
    branch: Branch,
    other: { readonly theirs: Marks; readonly epoch: number; readonly voices: readonly string[] },
  ): Promise<void> {
    const { theirs, epoch, voices } = other;
    const wishes = branch.done.filter((own) => own.epoch >= epoch).map(({ wish }) => wish);
    const done = branch.done.filter((own) => own.epoch < epoch);
    const lost = { marks: branch.marks, wishes, since: beginOf(branch, epoch) };
    await saveBranch(unit, held.conversation, { ...branch, marks: theirs, done, lost, voices: [], answered: [] });
    const rules = parseRules(groups.rules(held.epoch.group) ?? new Uint8Array(0));
    const helper = voices.find((voice) => rules.ok && mayAdd(rules.value, voice)) ?? voices[0];
    await p.rejoining.start(unit, held.conversation, helper);
  }

  const beginOf = ({ begun: all }: Branch, epoch: number): number =>
    all.find((own) => own.epoch >= epoch)?.at ?? clock.now();

  async function expectSettled(unit: Unit, conversation: string): Promise<void> {
    const rows = await unit.sql.all("SELECT epoch_number, label FROM settled_commits WHERE conversation = ?", [
      conversation,
    ]);
    const labels = rows.map((row) => ({
      label: bytesIn(row, "label") as Label,
      expectation: { kind: "settled", conversation, epoch: numberIn(row, "epoch_number") } as const,
    }));
    context.expectations.set("settled", conversation, labels);
  }

  async function shownAgain(
    unit: Unit,
    { conversation, epoch }: { conversation: string; epoch: number },
    cell: Cell,
  ): Promise<void> {
    const branch = await findBranch(unit, conversation);
    const [row] = await unit.sql.all("SELECT hash FROM settled_commits WHERE conversation = ? AND epoch_number = ?", [
      conversation,
      epoch,
    ]);
    const isSame = row === undefined || crypto.equal(bytesIn(row, "hash"), crypto.sha256(cell));
    if (isSame || branch === undefined || branch.forks.includes(epoch + 1)) return;
    await saveBranch(unit, conversation, await countFork(unit, branch, epoch + 1));
    await tell(unit, conversation);
  }

  async function back(unit: Unit, conversation: string): Promise<boolean> {
    const branch = await findBranch(unit, conversation);
    if (branch?.lost === undefined) return false;
    const { lost, ...kept } = branch;
    await saveBranch(unit, conversation, kept);
    await p.history.note(unit, conversation, "", { what: "forkRepaired" });
    for (const wish of lost.wishes) await insertIntention(unit, { conversation, wish, createdAt: clock.now() });
    await sayAgain(unit, conversation, lost.since);
    const { shared } = await talk.conversation(unit, conversation);
    await talk.send(unit, conversation, stateOf(shared, { ...branch, marks: lost.marks }));
    return true;
  }

  async function returned(
    unit: Unit,
    { conversation: { id }, sender }: { conversation: Conversation; sender: string },
    said: State,
  ): Promise<void> {
    const branch = await findBranch(unit, id);
    const verdict = weigh(branch?.marks ?? [], marksFrom(said));
    if (branch === undefined || branch.group !== toHex(said.group) || verdict.type !== "fork") return;
    const who = `${sender} ${verdict.epoch}`;
    if (branch.returned.includes(who)) return;
    const counted = await countFork(unit, branch, verdict.epoch);
    const since = beginOf(branch, verdict.epoch);
    const owed = Math.min(since, branch.owed ?? since);
    await saveBranch(unit, id, { ...counted, owed, returned: [...branch.returned, who].slice(-MAX_RETURNED) });
    const place = `${id} ${sender}`;
    const rest = Math.max(0, (repaidAt.get(place) ?? Number.NEGATIVE_INFINITY) + REPAID_AGAIN_MS - clock.now());
    repaidAt.set(place, clock.now() + rest);
    repayLater(unit, id, rest);
  }

  /** Others come back at the same time: it is done once for all of them. */
  function repayLater(unit: Unit, conversation: string, rest = 0): void {
    unit.after(() => {
      const wait = rest + REPAY_MS + random() * REPAY_MS;
      clock.after(wait, () => void context.transact((later) => repay(later, conversation)).catch(() => undefined));
    });
  }

  async function repay(unit: Unit, conversation: string): Promise<void> {
    const branch = await findBranch(unit, conversation);
    if (branch?.owed === undefined) return;
    const { owed, ...kept } = branch;
    await saveBranch(unit, conversation, kept);
    await sayAgain(unit, conversation, owed);
  }

  /** Also what others of the same history have acknowledged; who has it already drops the second copy. */
  async function sayAgain(unit: Unit, conversation: string, since: number): Promise<void> {
    const rows = await unit.sql.all(
      `SELECT id FROM messages WHERE conversation = ? AND mine AND kind = 'text' AND state <> 'failed' AND sent_at >= ?
       ORDER BY ord`,
      [conversation, since],
    );
    for (const row of rows) await p.sending.enqueueText(unit, textIn(row, "id"));
  }

  async function resume(unit: Unit): Promise<void> {
    for (const row of await unit.sql.all("SELECT id FROM conversations WHERE kind = 'group' AND state = 'ready'")) {
      const id = textIn(row, "id");
      const branch = await findBranch(unit, id);
      if (branch?.owed !== undefined) repayLater(unit, id);
      if (branch !== undefined && branch.told < (branch.marks.at(-1)?.[0] ?? -1)) tellLater(unit, id, []);
    }
  }

  return { begun, did, heard, returned, shownAgain, back, forget: forgetBranch, resume };
}
