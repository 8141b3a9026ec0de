import { advanced, readPayload, type GroupState } from "@pli/protocol/conversation";
import { MAX_CONTENT_BYTES, messageIdFrom, parseContent, type Content } from "@pli/protocol/content";
import { toHex } from "@pli/protocol/crypto";
import { labelKey, type Cell } from "@pli/protocol/wire";
import type { MessageView } from "../api.ts";
import type { Context, Unit } from "../core/context.ts";
import { count } from "../core/counters.ts";
import type { Expectation } from "../feed/expectations.ts";
import type { ObjectAnswer, Session } from "../feed/session.ts";
import type { Contacts } from "../profile/contacts.ts";
import type { Profiles } from "../profile/profile.ts";
import { bytesIn, numberIn } from "../storage/row.ts";
import { findConversation, idBytes } from "./conversations.ts";
import type { Epochs, HeldEpoch } from "./epochs.ts";
import type { Messages } from "./messages.ts";

/** A commit's cell is kept among the arrived ones under this leaf, which no member has. */
const COMMIT_LEAF = -1;
const MAX_COMMIT_BYTES = 1024 * 1024;
/** A message in MLS: its content and what MLS puts around it. */
const MAX_MESSAGE_BYTES = MAX_CONTENT_BYTES + 4096;
/** When a hole is looked for again, in milliseconds after it was seen. */
const HOLE_LOOKS = [0, 2_000, 10_000, 30_000, 60_000];

export interface ReceivingHandlers {
  /** A receipt or a control message, opened and authentic. */
  control(unit: Unit, conversation: string, body: Content["body"]): Promise<void>;
  /** A message to show has come. */
  message(unit: Unit, message: MessageView): Promise<void>;
  /** This conversation cannot go on from the state we hold. */
  lost(unit: Unit, conversation: string): Promise<void>;
  /** A commit of our own has become the group's history. */
  committed(unit: Unit, conversation: string): Promise<void>;
}

/** Opens what the other members wrote, each sender's cells in their order, commits one epoch after the other. */
export interface Receiving {
  /** An expected cell is in the feed. */
  arrived(unit: Unit, expectation: Expectation, cell: Cell): Promise<void>;
  /** Our own commit was stored at its label, or another was there. */
  commitStored(unit: Unit, epoch: number): Promise<void>;
  commitTaken(unit: Unit, epoch: number): Promise<void>;
  /** Takes up what a stop interrupted: cells that wait for a hole or an object. */
  resume(unit: Unit): Promise<void>;
}

export function createReceiving(
  context: Context,
  p: {
    epochs: Epochs;
    messages: Messages;
    profiles: Profiles;
    contacts: Contacts;
    session(store: string): Session;
    handlers: ReceivingHandlers;
  },
): Receiving {
  const { crypto, clock, groups, options } = context;
  const { epochs, messages, profiles, contacts, handlers } = p;
  const looking = new Set<string>();

  async function arrived(unit: Unit, expectation: Expectation, cell: Cell): Promise<void> {
    if (expectation.kind === "own") {
      const held = await epochs.load(unit, expectation.epoch);
      return held === undefined ? undefined : handlers.lost(unit, held.conversation);
    }
    if (expectation.kind === "object") return;
    const held = await epochs.load(unit, expectation.epoch);
    if (held === undefined) return;
    const [leaf, step] =
      expectation.kind === "chain" ? [expectation.leaf, expectation.step] : [COMMIT_LEAF, expectation.attempt];
    await keep(unit, held.id, leaf, step, cell);
    await (expectation.kind === "chain" ? drain(unit, held.id, leaf) : readCommit(unit, held.id));
  }

  async function keep(unit: Unit, epoch: number, leaf: number, step: number, cell: Cell): Promise<void> {
    await unit.sql.run("INSERT OR IGNORE INTO arrived VALUES (?, ?, ?, ?)", [epoch, leaf, step, cell]);
  }

  /** Opens the cells of one sender from where its chain stands, as far as they are here. */
  async function drain(unit: Unit, epoch: number, leaf: number, object?: ObjectAnswer): Promise<void> {
    let answer = object;
    for (;;) {
      const held = await epochs.load(unit, epoch);
      if (held === undefined) return;
      const cells = await waitingCells(unit, held, leaf);
      if (cells === "none") return;
      if (cells === "hole") return lookForHole(unit, held, leaf);
      const payload = readPayload(crypto, cells);
      if (!payload.ok) await skip(unit, held, leaf);
      else if (payload.value.type === "incomplete") return lookForHole(unit, held, leaf, cells.length);
      else if (payload.value.type === "decoy") await stepOver(unit, held, leaf, 1);
      else if (payload.value.type === "message")
        await open(unit, held, leaf, payload.value.used, payload.value.message);
      else if (answer === undefined) return fetchMessage(unit, held, leaf, payload.value.pointer);
      else if (answer.type === "object") await open(unit, held, leaf, 1, answer.bytes);
      else await skip(unit, held, leaf);
      answer = undefined;
    }
  }

  /** The consecutive cells that are here from the chain's step on; `hole` when only later ones are. */
  async function waitingCells(
    unit: Unit,
    held: HeldEpoch,
    leaf: number,
  ): Promise<"none" | "hole" | { key: Uint8Array; cell: Cell }[]> {
    const slots = epochs.window(held, leaf);
    const rows = await unit.sql.all(
      "SELECT step, cell FROM arrived WHERE epoch = ? AND leaf = ? AND step >= ? ORDER BY step",
      [held.id, leaf, slots[0]?.step ?? 0],
    );
    if (rows.length === 0) return "none";
    const cells: { key: Uint8Array; cell: Cell }[] = [];
    for (const [i, row] of rows.entries()) {
      const slot = slots[i];
      if (slot === undefined || slot.step !== numberIn(row, "step")) break;
      cells.push({ key: slot.key, cell: bytesIn(row, "cell") as Cell });
    }
    return cells.length === 0 ? "hole" : cells;
  }

  async function open(unit: Unit, held: HeldEpoch, leaf: number, used: number, message: Uint8Array): Promise<void> {
    const opened = await groups.decrypt(held.epoch.group, message, { sender: leaf });
    if (!opened.ok) return skip(unit, held, leaf, used);
    const moved = { ...held, epoch: { ...held.epoch, group: opened.value.state } };
    await stepOver(unit, moved, leaf, used);
    unit.after(opened.value.wipe);
    await count(unit, "cellsOpened", used);
    await applyContent(unit, held.conversation, opened.value.content);
  }

  async function stepOver(unit: Unit, held: HeldEpoch, leaf: number, used: number): Promise<void> {
    const next = { ...held, epoch: advanced(crypto, held.epoch, leaf, used) };
    const step = next.epoch.chains.find((chain) => chain.leaf === leaf)?.index ?? 0;
    await unit.sql.run("DELETE FROM arrived WHERE epoch = ? AND leaf = ? AND step < ?", [held.id, leaf, step]);
    await epochs.saveStep(unit, next, leaf);
  }

  /** A cell nobody honest can have meant: counted, shown as a gap, passed over. */
  async function skip(unit: Unit, held: HeldEpoch, leaf: number, used = 1): Promise<void> {
    await count(unit, "undecryptable");
    await stepOver(unit, held, leaf, used);
    await messages.note(unit, held.conversation, "gap", "1");
  }

  async function applyContent(unit: Unit, conversation: string, bytes: Uint8Array): Promise<void> {
    const contact = await contacts.ofConversation(unit, conversation);
    const content = parseContent(bytes);
    if (contact === undefined) return;
    if (!content.ok) {
      await count(unit, "undecryptable");
      return messages.note(unit, conversation, "gap", "1");
    }
    const { body, sentAt } = content.value;
    if (body.kind === "receipt" || body.kind === "control") return handlers.control(unit, conversation, body);
    const from = { sender: contact.card.id, conversation: idBytes(conversation) };
    const view = await messages.insert(unit, {
      id: toHex(messageIdFrom(crypto, bytes, from)),
      conversation,
      sender: contact.id,
      mine: false,
      kind: body.kind,
      text: body.kind === "text" ? body.text : "",
      content: bytes,
      sentAt,
      state: "received",
    });
    if (view === undefined) return count(unit, "duplicates");
    await handlers.message(unit, view);
  }

  /** A long message stands in an object: the feed waits until it is here, so that nothing behind it is missed. */
  function fetchMessage(
    unit: Unit,
    held: HeldEpoch,
    leaf: number,
    pointer: { seed: Uint8Array; length: number },
  ): void {
    unit.before(async () => {
      const answer = await fetchObject(held.conversation, pointer, MAX_MESSAGE_BYTES);
      if (answer !== undefined) await context.transact((later) => drain(later, held.id, leaf, answer));
    });
  }

  async function fetchObject(
    conversation: string,
    pointer: { seed: Uint8Array; length: number },
    maxBytes: number,
  ): Promise<ObjectAnswer | undefined> {
    if (pointer.length > maxBytes) return { type: "broken" };
    try {
      const found = await context.transact((unit) => findConversation(unit, conversation));
      if (found === undefined) return undefined;
      const session = p.session(found.store);
      return await session.whenOnline(() => session.fetchObject(pointer.seed, maxBytes));
    } catch {
      return undefined; // The engine closes: `resume` takes it up at the next start.
    }
  }

  /** Later cells are here and an earlier one is not: it is asked for, and shown as a gap when it stays away. */
  function lookForHole(unit: Unit, held: HeldEpoch, leaf: number, offset = 0): void {
    const slot = epochs.window(held, leaf)[offset];
    if (slot === undefined) return;
    const key = labelKey(slot.label);
    if (looking.has(key)) return;
    looking.add(key);
    const waits = HOLE_LOOKS.filter((wait) => wait < options.holePatience);
    unit.after(() => look(0));

    function look(turn: number): void {
      const wait = (waits[turn] ?? options.holePatience) - (turn === 0 ? 0 : (waits[turn - 1] ?? 0));
      clock.after(wait, () => void lookNow(turn).catch(() => looking.delete(key)));
    }

    async function lookNow(turn: number): Promise<void> {
      const found = await fetchHole(held, leaf, offset);
      if (found === "absent" && turn < waits.length) return look(turn + 1);
      looking.delete(key);
      if (found === "absent") await context.transact((later) => giveUp(later, held.id, leaf));
    }
  }

  async function fetchHole(held: HeldEpoch, leaf: number, offset: number): Promise<"found" | "absent"> {
    const slot = epochs.window(held, leaf)[offset];
    const conversation = await context.transact((unit) => findConversation(unit, held.conversation));
    if (slot === undefined || conversation === undefined) return "found";
    const session = p.session(conversation.store);
    const cell = await session.whenOnline(() => session.link.get(slot.label));
    if (cell === undefined) return "absent";
    await context.transact(async (unit) => {
      await keep(unit, held.id, leaf, slot.step, cell);
      await drain(unit, held.id, leaf);
      const now = await epochs.load(unit, held.id);
      if (now !== undefined) unit.after(() => void probe(now, leaf));
    });
    return "found";
  }

  /** The hole stays: what is missing is shown, and reading goes on behind it. */
  async function giveUp(unit: Unit, epoch: number, leaf: number): Promise<void> {
    const held = await epochs.load(unit, epoch);
    if (held === undefined) return;
    const [next] = await unit.sql.all("SELECT min(step) AS step FROM arrived WHERE epoch = ? AND leaf = ?", [
      epoch,
      leaf,
    ]);
    const at = epochs.window(held, leaf, 1)[0]?.step ?? 0;
    const behind = typeof next?.["step"] === "number" ? next["step"] - at : 0;
    const missing = Math.max(1, behind);
    await count(unit, "gaps", missing);
    await messages.note(unit, held.conversation, "gap", String(missing));
    await stepOver(unit, held, leaf, missing);
    await drain(unit, epoch, leaf);
    const now = await epochs.load(unit, epoch);
    if (now !== undefined) unit.after(() => void probe(now, leaf));
  }

  /** After a hole, cells beyond the window may have passed unseen: the next one is asked for until there is none. */
  async function probe(held: HeldEpoch, leaf: number): Promise<void> {
    await fetchHole(held, leaf, 0).catch(() => undefined);
  }

  async function readCommit(unit: Unit, epoch: number): Promise<void> {
    const held = await epochs.load(unit, epoch);
    if (held === undefined || held.retired) return;
    const slot = held.epoch.commits[held.attempt];
    const [row] = await unit.sql.all("SELECT cell FROM arrived WHERE epoch = ? AND leaf = ? AND step = ?", [
      epoch,
      COMMIT_LEAF,
      held.attempt,
    ]);
    if (row === undefined || slot === undefined) return;
    const cell = bytesIn(row, "cell") as Cell;
    if (await isOurs(unit, held, cell)) return adoptOwn(unit, held);
    const payload = readPayload(crypto, [{ key: slot.key, cell }]);
    if (payload.ok && payload.value.type === "message") return process(unit, held, payload.value.message);
    if (!payload.ok || payload.value.type !== "pointer") return nextAttempt(unit, held);
    const { pointer } = payload.value;
    unit.before(async () => {
      const answer = await fetchObject(held.conversation, pointer, MAX_COMMIT_BYTES);
      if (answer !== undefined) await context.transact((later) => processFetched(later, epoch, answer));
    });
  }

  async function processFetched(unit: Unit, epoch: number, answer: ObjectAnswer): Promise<void> {
    const held = await epochs.load(unit, epoch);
    if (held === undefined || held.retired) return;
    if (answer.type === "object") return process(unit, held, answer.bytes);
    await handlers.lost(unit, held.conversation);
  }

  /** A winner that the rules do not allow is passed over by every member alike: the next attempt decides. */
  async function process(unit: Unit, held: HeldEpoch, commit: Uint8Array): Promise<void> {
    const contact = await contacts.ofConversation(unit, held.conversation);
    if (contact === undefined) return;
    const check = contacts.leafCheck(await profiles.get(unit), contact.card, "any time");
    const processed = await groups.processCommit(held.epoch.group, commit, { check });
    const stays = processed.ok && groups.members(processed.value.state).length === 2 && !processed.value.removedSelf;
    if (!stays) return nextAttempt(unit, held);
    await begin(unit, held, processed.value.state, held);
    unit.after(processed.value.wipe);
  }

  async function nextAttempt(unit: Unit, held: HeldEpoch): Promise<void> {
    await unit.sql.run("DELETE FROM pending_commits WHERE epoch = ?", [held.id]);
    const next = { ...held, attempt: held.attempt + 1 };
    await epochs.saveAttempt(unit, next);
    await readCommit(unit, held.id);
  }

  async function isOurs(unit: Unit, held: HeldEpoch, cell: Cell): Promise<boolean> {
    const pending = await pendingState(unit, held);
    if (pending === undefined) return false;
    const [row] = await unit.sql.all("SELECT puts FROM outbox WHERE purpose = 'commit' AND reference = ?", [
      String(held.id),
    ]);
    return row === undefined || endsWith(bytesIn(row, "puts"), cell);
  }

  async function pendingState(unit: Unit, held: HeldEpoch): Promise<GroupState | undefined> {
    const [row] = await unit.sql.all("SELECT next_state FROM pending_commits WHERE epoch = ? AND attempt = ?", [
      held.id,
      held.attempt,
    ]);
    const state = row === undefined ? undefined : groups.parseState(bytesIn(row, "next_state"));
    return state?.ok === true ? state.value : undefined;
  }

  async function adoptOwn(unit: Unit, held: HeldEpoch): Promise<void> {
    const next = await pendingState(unit, held);
    if (next === undefined || held.retired) return;
    await unit.sql.run("DELETE FROM outbox WHERE purpose = 'commit' AND reference = ?", [String(held.id)]);
    await begin(unit, held, next);
  }

  async function begin(unit: Unit, held: HeldEpoch, group: GroupState, since?: HeldEpoch): Promise<void> {
    const { conversation, generation, feed } = held;
    await unit.sql.run("DELETE FROM pending_commits WHERE epoch = ?", [held.id]);
    await epochs.start(
      unit,
      since === undefined
        ? { conversation, generation, feed, group }
        : { conversation, generation, feed, group, since },
    );
    await handlers.committed(unit, conversation);
  }

  async function commitStored(unit: Unit, epoch: number): Promise<void> {
    const held = await epochs.load(unit, epoch);
    if (held !== undefined && !held.retired) await adoptOwn(unit, held);
  }

  /** Somebody else's commit stands there: it comes through the feed, or is asked for when the feed has passed it. */
  async function commitTaken(unit: Unit, epoch: number): Promise<void> {
    const held = await epochs.load(unit, epoch);
    const slot = held?.epoch.commits[held.attempt];
    if (held === undefined || held.retired || slot === undefined) return;
    await unit.sql.run("DELETE FROM pending_commits WHERE epoch = ?", [epoch]);
    const conversation = await findConversation(unit, held.conversation);
    if (conversation === undefined) return;
    unit.before(async () => {
      const session = p.session(conversation.store);
      const cell = await session.whenOnline(() => session.fetchCell(slot.label)).catch(() => undefined);
      if (cell === undefined) return;
      await context.transact(async (later) => {
        await keep(later, epoch, COMMIT_LEAF, held.attempt, cell);
        await readCommit(later, epoch);
      });
    });
  }

  async function resume(unit: Unit): Promise<void> {
    for (const row of await unit.sql.all("SELECT DISTINCT epoch, leaf FROM arrived")) {
      const [epoch, leaf] = [numberIn(row, "epoch"), numberIn(row, "leaf")];
      await (leaf === COMMIT_LEAF ? readCommit(unit, epoch) : drain(unit, epoch, leaf));
    }
  }

  return { arrived, commitStored, commitTaken, resume };
}

function endsWith(bytes: Uint8Array, end: Uint8Array): boolean {
  const from = bytes.length - end.length;
  return from >= 0 && end.every((byte, i) => bytes[from + i] === byte);
}
