/**
 * The messages of the copy come to a device that was restored: a part at a time, the newest first,
 * beside the feed. What is not to be had is asked for again, and counted in the end.
 */
import { COPY_OBJECT_LEAST, parseCopyPart, type CopyList } from "@pli/protocol/recovery";
import { unpadObject } from "@pli/protocol/object";
import { findShared } from "../../epochs/conversations.table.ts";
import type { Kit } from "../../kit.ts";
import type { Tx } from "../../runtime/context.ts";
import { findMeta, saveMeta } from "../../runtime/storage/meta.ts";
import { keepSlice } from "../history/keeping.ts";
import { COPY_WINDOW, LIVE_ORDERS } from "../history/orders.ts";
import { reserveOrders } from "../messages/messages.table.ts";
import {
  deleteAwaited,
  findAwaited,
  insertAwaited,
  isAwaited,
  noteLoss,
  type RestoredPart,
} from "./restored-parts.table.ts";

const RESTORED = "copy-restored";
/**
 * How often one part is asked for, and how long after the first time; then after five times that.
 */
const MAX_LOSSES = 4;
const AGAIN_MS = 5_000;

/** How far it has come. Messages. */
export interface Restored {
  readonly messages: number;
  readonly done: number;
  readonly missing: number;
  readonly older: number;
  /** In ms; null: more is to come. */
  readonly doneAt: number | null;
}

export interface CopyRestoring {
  /**
   * The store has this copy of the profile that is being restored; undefined: it has none. Gives
   * how many messages are to come.
   */
  begin(tx: Tx, list: CopyList | undefined): Promise<number>;
  find(tx: Tx): Promise<Restored | undefined>;
  isOver(tx: Tx): Promise<boolean>;
  resume(tx: Tx): Promise<void>;
}

/** `over`: all of it is here, or as much as there is to be had. */
export function createCopyRestoring(kit: Kit, over: (tx: Tx) => Promise<void>): CopyRestoring {
  const { context, delivery, stores } = kit;
  const { clock } = context;
  let isFetching = false;

  const find = (tx: Tx): Promise<Restored | undefined> => findMeta<Restored>(tx, RESTORED);

  async function begin(tx: Tx, list: CopyList | undefined): Promise<number> {
    // What is said from now on stands above all that comes from before.
    await reserveOrders(tx, LIVE_ORDERS);
    if (list === undefined) return 0;
    const messages = list.parts.reduce((sum, { count }) => sum + count, 0);
    await saveMeta(tx, RESTORED, { messages, done: 0, missing: 0, older: list.older, doneAt: null } satisfies Restored);
    for (const [n, part] of list.parts.entries()) await insertAwaited(tx, n, part);
    tx.changed("message-copy");
    tx.after(fetch);
    return messages;
  }

  function fetch(): void {
    if (isFetching) return;
    isFetching = true;
    void fetchAll()
      .catch(() => undefined)
      .finally(() => {
        isFetching = false;
      });
  }

  async function fetchAll(): Promise<void> {
    for (;;) {
      const part = await context.transact(nextPart);
      if (part === undefined) return;
      if (part.losses > 0) await clock.pause(AGAIN_MS * 5 ** (part.losses - 1));
      const { seed, length: maxBytes } = part;
      const answer = await delivery(stores.home).get.object({ seed, maxBytes });
      await context.transact((tx) => arrived(tx, part, answer.type === "object" ? answer.bytes : undefined));
    }
  }

  async function nextPart(tx: Tx): Promise<RestoredPart | undefined> {
    const restored = await find(tx);
    if (restored === undefined || restored.doneAt !== null) return undefined;
    const part = await findAwaited(tx);
    if (part !== undefined) return part;
    await saveMeta(tx, RESTORED, { ...restored, doneAt: clock.now() } satisfies Restored);
    tx.changed("message-copy");
    await over(tx);
    return undefined;
  }

  async function arrived(tx: Tx, part: RestoredPart, object: Uint8Array | undefined): Promise<void> {
    const restored = await find(tx);
    if (restored === undefined || !(await isAwaited(tx, part.n))) return;
    const kept = object === undefined ? undefined : await keep(tx, object);
    if (kept === undefined && part.losses + 1 < MAX_LOSSES) return noteLoss(tx, part.n);
    await deleteAwaited(tx, part.n);
    const came = Math.min(kept ?? 0, part.count);
    const [done, missing] = [restored.done + came, restored.missing + part.count - came];
    await saveMeta(tx, RESTORED, { ...restored, done, missing } satisfies Restored);
    tx.changed("message-copy");
  }

  /** How many lines of it have their conversation here. Undefined: it is not what was written. */
  async function keep(tx: Tx, object: Uint8Array): Promise<number | undefined> {
    const bytes = unpadObject(object, COPY_OBJECT_LEAST);
    const slices = bytes && parseCopyPart(bytes);
    let lines = 0;
    for (const slice of slices ?? []) {
      const conversation = await findShared(tx, slice.conversation);
      // One that began after the last backup is not back.
      if (conversation === undefined || conversation.kind === "self") continue;
      await keepSlice(kit, tx, slice, { conversation, number: COPY_WINDOW });
      lines += slice.texts.length + slice.notes.length;
    }
    return slices && lines;
  }

  async function isOver(tx: Tx): Promise<boolean> {
    const restored = await find(tx);
    return restored === undefined || restored.doneAt !== null;
  }

  return {
    begin,
    find,
    isOver,
    resume: async (tx) => {
      if (!(await isOver(tx))) tx.after(fetch);
    },
  };
}
