/**
 * Opens the message at which a sender's chain stands, from cells that are here, or steps over it.
 */
import { advanced, chainOf, readPayload } from "@pli/protocol/conversation";
import { MAX_CONTENT_BYTES } from "@pli/protocol/content";
import { openCell } from "@pli/protocol/object";
import type { Cell } from "@pli/protocol/wire";
import type { Delivery, ObjectAnswer } from "../delivery/port.ts";
import type { Messages } from "../features/messages/messages.ts";
import type { Context, Tx } from "../runtime/context.ts";
import { count } from "../runtime/counters.table.ts";
import { deleteCellsBefore } from "./arrived.table.ts";
import type { Contents } from "./contents.ts";
import type { Epochs, HeldEpoch } from "./epochs.ts";

/** A message in MLS: its content and what MLS puts around it. */
export const MAX_MESSAGE_BYTES = MAX_CONTENT_BYTES + 4096;

export interface ArrivedCell {
  readonly step: number;
  readonly key: Uint8Array;
  readonly cell: Cell;
}

/** What was fetched for the pointer at a step of a chain. */
export interface FetchedMessage {
  readonly step: number;
  readonly answer: ObjectAnswer;
}

export interface Opening {
  /** Reads the message that begins at the chain's step. False: it is not all here yet. */
  readHead(
    tx: Tx,
    held: HeldEpoch,
    leaf: number,
    cells: readonly ArrivedCell[],
    answer: ObjectAnswer | undefined,
  ): Promise<boolean>;
  /** The chain stands `used` steps further on; what it has passed is erased. */
  stepOver(tx: Tx, held: HeldEpoch, leaf: number, used: number): Promise<void>;
}

export function createOpening(
  context: Context,
  deps: {
    epochs: Epochs;
    messages: Messages;
    contents: Contents;
    delivery(store: string): Delivery;
    /** Reads on, with what was fetched. */
    drain(tx: Tx, epoch: number, leaf: number, object: FetchedMessage): Promise<void>;
  },
): Opening {
  const { crypto, groups } = context;
  const { epochs, messages } = deps;

  async function readHead(
    tx: Tx,
    held: HeldEpoch,
    leaf: number,
    cells: readonly ArrivedCell[],
    answer: ObjectAnswer | undefined,
  ): Promise<boolean> {
    const payload = readPayload(crypto, cells);
    if (!payload.ok) await (isRest(cells) ? stepOver(tx, held, leaf, 1) : refuse(tx, held, leaf));
    else if (payload.value.type === "incomplete") return false;
    else if (payload.value.type === "decoy") await stepOver(tx, held, leaf, 1);
    else if (payload.value.type === "message") await open(tx, held, leaf, payload.value.used, payload.value.message);
    else if (answer?.type === "object") await open(tx, held, leaf, 1, answer.bytes, "object");
    else if (answer !== undefined) await refuse(tx, held, leaf);
    else if (await mayFetch(tx, held, leaf, payload.value.pointer.length))
      return fetchMessage(tx, held, leaf, payload.value.pointer);
    else await stepOver(tx, held, leaf, 1);
    return true;
  }

  /** What is too long for a message is refused without a look, and costs its author nothing. */
  async function mayFetch(tx: Tx, held: HeldEpoch, leaf: number, bytes: number): Promise<boolean> {
    return bytes > MAX_MESSAGE_BYTES || (await deps.contents.mayFetch(tx, held, leaf, bytes));
  }

  /** What is left of a message in fragments whose beginning was passed over. */
  function isRest([head]: readonly ArrivedCell[]): boolean {
    const opened = head === undefined ? undefined : openCell(crypto, head.key, head.cell);
    return opened?.ok === true && opened.value.kind === "fragment" && (opened.value.body[0] ?? 0) > 0;
  }

  /**
   * Message path 10/11: opened by the conversation's keys; the sender inside must be whose chain
   * gave the label.
   */
  async function open(
    tx: Tx,
    held: HeldEpoch,
    leaf: number,
    used: number,
    message: Uint8Array,
    source: "cells" | "object" = "cells",
  ): Promise<void> {
    const opened = await groups.decrypt(held.epoch.group, message, { sender: leaf });
    if (!opened.ok) return refuse(tx, held, leaf, used);
    const moved = { ...held, epoch: { ...held.epoch, group: opened.value.state } };
    await stepOver(tx, moved, leaf, used);
    tx.after(opened.value.wipe);
    await count(tx, "cellsOpened", used);
    await deps.contents.apply(tx, held, leaf, opened.value.content, source);
  }

  async function stepOver(tx: Tx, held: HeldEpoch, leaf: number, used: number): Promise<void> {
    const next = { ...held, epoch: advanced(crypto, held.epoch, leaf, used) };
    const step = chainOf(next.epoch, leaf).index;
    await count(tx, "cellsExpected", used);
    await deleteCellsBefore(tx, { epoch: held.id, leaf, step });
    await epochs.saveStep(tx, next, leaf);
  }

  /** A cell nobody honest can have meant: counted, shown as a gap, passed over. */
  async function refuse(tx: Tx, held: HeldEpoch, leaf: number, used = 1): Promise<void> {
    await count(tx, "undecryptable");
    await stepOver(tx, held, leaf, used);
    await messages.noteGap(tx, held.conversation, 1);
  }

  /**
   * A long message stands in an object: the feed waits until it is here, so that nothing behind it
   * is missed.
   */
  function fetchMessage(tx: Tx, held: HeldEpoch, leaf: number, pointer: { seed: Uint8Array; length: number }): false {
    const step = chainOf(held.epoch, leaf).index;
    tx.before(held.store, async () => {
      const tooLong = pointer.length > MAX_MESSAGE_BYTES;
      const answer = tooLong
        ? ({ type: "broken" } as const)
        : await deps.delivery(held.store).get.object({ seed: pointer.seed, maxBytes: MAX_MESSAGE_BYTES });
      const asSaid = answer.type !== "object" || answer.bytes.length === pointer.length;
      const found = asSaid ? answer : ({ type: "broken" } as const);
      await context.transact((later) => deps.drain(later, held.id, leaf, { step, answer: found }));
    });
    return false;
  }

  return { readHead, stepOver };
}
