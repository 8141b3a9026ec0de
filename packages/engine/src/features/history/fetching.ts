/** Fetches the slices that this device knows of, and keeps what they hold. */
import { parsePastSlice } from "@pli/protocol/devices";
import { unpadObject } from "@pli/protocol/object";
import { findSelfConversation, findShared } from "../../epochs/conversations.table.ts";
import type { Kit } from "../../kit.ts";
import type { Tx } from "../../runtime/context.ts";
import { createTxEvent, type TxEvent } from "../../runtime/tx-event.ts";
import {
  findLastTaken,
  findTakenSlice,
  listTakenSlices,
  saveCame,
  saveTaken,
  type TakenSlice,
} from "./incoming.table.ts";
import { keepSlice } from "./keeping.ts";

const HELD_AT_ONCE = 4;
/** How often one slice is asked for. */
const MAX_LOSSES = 4;
const DAY_MS = 86_400_000;

/** `lost`, `held`: it is to be looked at again. */
type Outcome = "kept" | "held" | "lost" | "given up";

export interface SliceFetching {
  /** What became of a slice. */
  readonly came: TxEvent<Outcome>;
  /** Fetches all that is named and not here. */
  begin(): void;
  /** The conversations of those that are held may be here now. */
  lookAtHeld(tx: Tx, history: string): Promise<void>;
}

export function createSliceFetching(kit: Kit): SliceFetching {
  const { context, delivery } = kit;
  const { clock, crypto } = context;
  const came: SliceFetching["came"] = createTxEvent();
  let isFetching = false;

  /** One after the other, beside the feed: what is said meanwhile waits for nothing. */
  function begin(): void {
    if (isFetching) return;
    isFetching = true;
    void fetchOn()
      .catch(() => undefined)
      .finally(() => {
        isFetching = false;
      });
  }

  async function fetchOn(): Promise<void> {
    for (;;) {
      const wanted = await context.transact(nextToFetch);
      if (wanted === undefined) return;
      const { slice, store } = wanted;
      const answer = await delivery(store).get.object({ seed: slice.seed, maxBytes: slice.length });
      await context.transact((tx) => arrived(tx, slice, answer.type === "object" ? answer.bytes : undefined));
    }
  }

  async function nextToFetch(tx: Tx): Promise<{ slice: TakenSlice; store: string } | undefined> {
    const taken = await findLastTaken(tx);
    const self = await findSelfConversation(tx);
    if (taken === undefined || taken.isLeft || self === undefined) return undefined;
    const [slice] = await listTakenSlices(tx, taken.history, "told", 1);
    return slice && { slice, store: self.store };
  }

  async function arrived(tx: Tx, { history, n, seed }: TakenSlice, object: Uint8Array | undefined): Promise<void> {
    const slice = await findTakenSlice(tx, history, n);
    if (slice?.state !== "told" || !crypto.equal(slice.seed, seed)) return;
    await came.emit(tx, await take(tx, slice, object));
  }

  async function take(tx: Tx, slice: TakenSlice, object: Uint8Array | undefined): Promise<Outcome> {
    const state = await tryToKeep(tx, slice, object);
    await saveTaken(tx, slice, { state, ...(state === "held" && { bytes: object }) });
    const at = clock.now();
    if (state === "kept") await saveCame(tx, slice.history, { at, count: slice.count, isWhole: slice.isLast });
    tx.changed("history");
    return state;
  }

  async function tryToKeep(tx: Tx, slice: TakenSlice, object: Uint8Array | undefined): Promise<Outcome> {
    const taken = await findLastTaken(tx);
    const bytes = object && unpadObject(object);
    const past = bytes && parsePastSlice(bytes);
    if (past === undefined || !crypto.equal(past.conversation, slice.conversation))
      return slice.losses + 1 < MAX_LOSSES ? "lost" : "given up";
    const conversation = await findShared(tx, slice.conversation);
    if (conversation === undefined) return "held";
    if (conversation.kind === "self" || taken?.history !== slice.history) return "given up";
    await keepSlice(kit, tx, past, { conversation, number: taken.number });
    return "kept";
  }

  async function lookAtHeld(tx: Tx, history: string): Promise<void> {
    const isLate = clock.since((await findLastTaken(tx))?.heardAt ?? 0) > DAY_MS;
    for (const slice of await listTakenSlices(tx, history, "held", HELD_AT_ONCE)) {
      if ((await findShared(tx, slice.conversation)) !== undefined) await take(tx, slice, slice.bytes);
      // A group that all left meanwhile: this device never comes in.
      else if (isLate) await saveTaken(tx, slice, { state: "given up" });
    }
  }

  return { came, begin, lookAtHeld };
}
