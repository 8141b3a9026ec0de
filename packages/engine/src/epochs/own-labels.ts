import { advanced, chainOf, chainWindow, MAX_FRAGMENTS, readPayload, type ChainSlot } from "@pli/protocol/conversation";
import type { Cell } from "@pli/protocol/wire";
import type { Context, Tx } from "../runtime/context.ts";
import type { Delivery } from "../delivery/port.ts";
import { findMeta, saveMeta } from "../runtime/storage/meta.ts";
import { createTxEvent, type TxEvent } from "../runtime/tx-event.ts";
import type { Epochs, HeldEpoch } from "./epochs.ts";
import { MAX_MESSAGE_BYTES } from "./receiving.ts";
import type { EpochRoles } from "./epoch-roles.ts";

/**
 * After this many labels of one epoch that others wrote under, fresh ones are wanted: a reader
 * derives 64 skipped keys at most.
 */
const MANY_SPOILT = 40;
/** After this many nothing more is sealed in this epoch: readers could not follow. */
const ALL_SPOILT = 60;

/**
 * A cell under a label that is this device's alone to use, and that it has not written. Between
 * two, its state is old. In a group any member can compute the label and spoil it: unless this
 * device signed what stands there, in a life it does not remember, the next label serves, however
 * many are spoilt. What nobody has signed never leads to more than that.
 */
export interface OwnLabels {
  /** The state we hold of this conversation is older than what this device has written. */
  readonly stale: TxEvent<string>;
  /** A member spoils this device's labels in this group: fresh ones end that. */
  readonly spoilt: TxEvent<string>;
  /** The feed shows one under the next label of ours. */
  shown(tx: Tx, held: HeldEpoch, cell: Cell): Promise<void>;
  /**
   * The store has one where we were to write: what was sealed for it is sealed again, for the next.
   */
  taken(tx: Tx, held: HeldEpoch): Promise<void>;
  /** Whether this device writes no more in this epoch, and waits for the fresh one. */
  areSpent(tx: Tx, held: HeldEpoch): Promise<boolean>;
}

export function createOwnLabels(
  context: Context,
  deps: {
    epochs: Epochs;
    epochRoles: EpochRoles;
    delivery(store: string): Delivery;
  },
): OwnLabels {
  const { crypto, groups } = context;
  const stale: OwnLabels["stale"] = createTxEvent();
  const spoilt: OwnLabels["spoilt"] = createTxEvent();
  const { epochs } = deps;
  let lately: { epoch: number; pieces: readonly Piece[] } = { epoch: -1, pieces: [] };

  async function shown(tx: Tx, held: HeldEpoch, cell: Cell): Promise<void> {
    if (isOfTwo(held)) return stale.emit(tx, held.conversation);
    const step = ownStep(held);
    tx.before(held.store, async () => {
      const isOurs = await isSignedByUs(held, cell);
      await context.transact((later) => act(later, held.id, step, isOurs));
    });
  }

  /**
   * All that this device wrote in another life has been read in the feed before it writes: what is
   * found then is not its own.
   */
  async function taken(tx: Tx, held: HeldEpoch): Promise<void> {
    if (isOfTwo(held)) return stale.emit(tx, held.conversation);
    await countSpoilt(tx, held);
  }

  const isOfTwo = (held: HeldEpoch): boolean => deps.epochRoles.rules(held) === undefined;

  async function countSpoilt(tx: Tx, held: HeldEpoch): Promise<void> {
    const count = (await spoiltIn(tx, held)) + 1;
    await saveMeta(tx, keyOf(held), { epoch: held.id, count } satisfies Spoilt);
    if (count % MANY_SPOILT === 0) await spoilt.emit(tx, held.conversation);
  }

  const areSpent = async (tx: Tx, held: HeldEpoch): Promise<boolean> =>
    !isOfTwo(held) && (await spoiltIn(tx, held)) >= ALL_SPOILT;

  const ownStep = ({ epoch }: HeldEpoch): number => chainOf(epoch, epoch.ownLeaf).index;

  async function act(tx: Tx, epoch: number, step: number, isOurs: boolean): Promise<void> {
    const held = await epochs.load(tx, epoch);
    if (held === undefined || held.retired || ownStep(held) !== step) return;
    if (isOurs) return stale.emit(tx, held.conversation);
    await countSpoilt(tx, held);
    const { ownLeaf } = held.epoch;
    await epochs.saveStep(tx, { ...held, epoch: advanced(crypto, held.epoch, ownLeaf, 1) }, ownLeaf);
  }

  /**
   * Whether a message that this cell is part of bears our signature: one that begins with it, or
   * with cells shown before.
   */
  async function isSignedByUs(held: HeldEpoch, cell: Cell): Promise<boolean> {
    const [slot, ...later] = chainWindow(crypto, chainOf(held.epoch, held.epoch.ownLeaf), held.feed, MAX_FRAGMENTS);
    if (slot === undefined) return false;
    const here = remember(held, { step: slot.index, key: slot.key, cell });
    for (const start of here.keys()) {
      const message = await messageFrom(deps.delivery(held.store), here.slice(start), later);
      if (message === undefined) continue;
      if ((await groups.decrypt(held.epoch.group, message, { sender: held.epoch.ownLeaf })).ok) return true;
    }
    return false;
  }

  /** The cells shown under our labels of this epoch one after the other, up to this one. */
  function remember({ id }: HeldEpoch, piece: Piece): readonly Piece[] {
    const isNext = lately.epoch === id && lately.pieces.at(-1)?.step === piece.step - 1;
    lately = { epoch: id, pieces: [...(isNext ? lately.pieces : []), piece].slice(-MAX_FRAGMENTS) };
    return lately.pieces;
  }

  /**
   * The message that begins with the first of these cells, if all of them are part of it; the rest
   * of it is looked for behind them.
   */
  async function messageFrom(
    delivery: Delivery,
    pieces: readonly Piece[],
    behind: readonly ChainSlot[],
  ): Promise<Uint8Array | undefined> {
    const payload = readPayload(crypto, pieces);
    if (!payload.ok || payload.value.type === "decoy") return undefined;
    if (payload.value.type === "incomplete") {
      const [next, ...rest] = behind;
      const cell = next && (await delivery.get.cell(next.label));
      if (next === undefined || cell === undefined) return undefined;
      return messageFrom(delivery, [...pieces, { step: next.index, key: next.key, cell }], rest);
    }
    if (payload.value.used < pieces.length) return undefined;
    return payload.value.type === "message" ? payload.value.message : objectAt(delivery, payload.value.pointer.seed);
  }

  /**
   * What we wrote there stood in the feed just before; an object that did not is no reason to ask
   * for it.
   */
  async function objectAt(delivery: Delivery, seed: Uint8Array): Promise<Uint8Array | undefined> {
    const answer = await delivery.get.object({ seed, maxBytes: MAX_MESSAGE_BYTES }, { feedOnly: true });
    return answer.type === "object" ? answer.bytes : undefined;
  }

  return { stale, spoilt, shown, taken, areSpent };
}

/** A cell under a label of ours, and what opens it. */
interface Piece {
  readonly step: number;
  readonly key: Uint8Array;
  readonly cell: Cell;
}

/** How many labels of ours others wrote under in the newest epoch in which they did. */
interface Spoilt {
  readonly epoch: number;
  readonly count: number;
}

const keyOf = ({ conversation }: HeldEpoch): string => `spoilt ${conversation}`;

async function spoiltIn(tx: Tx, held: HeldEpoch): Promise<number> {
  const spoilt = await findMeta<Spoilt>(tx, keyOf(held));
  return spoilt?.epoch === held.id ? spoilt.count : 0;
}
