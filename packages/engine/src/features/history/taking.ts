/**
 * Takes the messages of before on a device that was linked: asks the device that let it in, fetches
 * what that tells of, slice by slice, and asks again for what is not to be had. When that device is
 * removed, or says nothing for a day, it asks the next one.
 */
import { encodeHistoryDone, encodeHistoryWanted, MAX_WANTED_SLICES, parseHistoryManifest } from "@pli/protocol/devices";
import { toHex } from "@pli/protocol/crypto";
import type { Said } from "../../epochs/contents.ts";
import { idBytes } from "../../epochs/conversations.ts";
import type { Kit } from "../../kit.ts";
import type { Tx } from "../../runtime/context.ts";
import { createOneWait } from "../../runtime/one-wait.ts";
import { createTxEvent, type TxEvent } from "../../runtime/tx-event.ts";
import type { OwnTalk } from "../devices/own-talk.ts";
import { reserveOrders } from "../messages/messages.table.ts";
import { createSliceFetching } from "./fetching.ts";
import {
  countTaken,
  findLastTaken,
  insertTaken,
  listMissing,
  listTakenSlices,
  saveAsked,
  saveHeard,
  saveTakenOver,
  saveTold,
  type TakenHistory,
} from "./incoming.table.ts";
import { LIVE_ORDERS, MAX_HISTORIES } from "./orders.ts";

const HISTORY_BYTES = 16;
/** Slices that were named and are not here; it asks later for those beyond them. */
const MAX_AWAITED = 512;
const LOOK_MS = 5_000;
/** After so long without a word the device is asked again, and each time after twice as long. */
const PATIENCE_MS = 600_000;
const DAY_MS = 86_400_000;

export interface Taking {
  /** All of it is here, or as much as there is to be had. */
  readonly over: TxEvent<void>;
  /**
   * This device has come into the conversation of the own devices: all that it keeps comes later.
   */
  joined(tx: Tx): Promise<void>;
  /**
   * The same for a device that the recovery words made: its orders leave room since it was
   * restored.
   */
  restored(tx: Tx): Promise<void>;
  /** Another own device tells of slices. */
  told(tx: Tx, said: Said, body: Uint8Array): Promise<void>;
  /** More is to come. */
  isWaiting(tx: Tx): Promise<boolean>;
  resume(tx: Tx): Promise<void>;
  look(tx: Tx): Promise<void>;
}

export function createTaking(kit: Kit, { talk }: { talk: OwnTalk }): Taking {
  const { context, epochRoles, ownDevices } = kit;
  const { clock, crypto } = context;
  const over: Taking["over"] = createTxEvent();
  const fetching = createSliceFetching(kit);
  const lookLater = createOneWait(context, look);

  fetching.came.on(async (tx, how) => {
    if (how === "held" || how === "lost") tx.after(() => lookLater(LOOK_MS));
    await settle(tx);
  });

  async function joined(tx: Tx): Promise<void> {
    if (!(await reserveOrders(tx, LIVE_ORDERS))) return;
    const self = await ownDevices.self(tx);
    const { devices } = await ownDevices.list(tx);
    const addedBy = devices.find(({ id }) => toHex(id) === self)?.addedBy;
    const others = await ownDevices.others(tx);
    const first = addedBy === undefined ? undefined : others.find((id) => id === toHex(addedBy));
    await ask(tx, first ?? others[0]);
  }

  const restored = async (tx: Tx): Promise<void> => ask(tx, (await ownDevices.others(tx))[0]);

  async function ask(tx: Tx, source: string | undefined): Promise<void> {
    const last = await findLastTaken(tx);
    if (source === undefined || (last !== undefined && last.number + 1 >= MAX_HISTORIES)) return;
    if (last !== undefined) await saveTakenOver(tx, last.history, "left");
    const history = crypto.random(HISTORY_BYTES);
    await insertTaken(tx, toHex(history), source, clock.now());
    await say(tx, { history: toHex(history), source, next: 0 }, []);
  }

  async function say(
    tx: Tx,
    { history, source, next }: Pick<TakenHistory, "history" | "source" | "next">,
    missing: readonly number[],
  ): Promise<void> {
    await talk.say(
      tx,
      "history-wanted",
      encodeHistoryWanted({ history: idBytes(history), from: idBytes(source), next, missing }),
    );
    tx.changed("history");
    tx.after(() => lookLater(LOOK_MS));
  }

  async function told(tx: Tx, { held, leaf }: Said, body: Uint8Array): Promise<void> {
    const manifest = parseHistoryManifest(body);
    const taken = await findLastTaken(tx);
    if (manifest === undefined || taken === undefined || taken.isLeft) return;
    if (toHex(manifest.history) !== taken.history || toHex(manifest.to) !== (await ownDevices.self(tx))) return;
    const by = epochRoles.deviceAt(held, leaf);
    if (by !== taken.source || !(await ownDevices.others(tx)).includes(by)) return;
    const { conversations, messages, isRecent, isEnd, slices } = manifest;
    const states = await countTaken(tx, taken.history);
    const awaited = (states.get("told") ?? 0) + (states.get("held") ?? 0) + (states.get("lost") ?? 0);
    const room = MAX_AWAITED - awaited;
    const fresh = slices.filter(({ n }) => taken.doneAt === undefined || n >= taken.next).slice(0, Math.max(0, room));
    for (const slice of fresh) await saveTold(tx, taken.history, slice, isRecent);
    const next = (slices.at(-1)?.n ?? -1) + 1;
    const at = clock.now();
    await saveHeard(tx, taken.history, { at, conversations, messages, next, isRecentOver: !isRecent, isEnd });
    tx.changed("history");
    tx.after(fetching.begin);
    await settle(tx);
  }

  /** All that was told is here. */
  async function settle(tx: Tx): Promise<void> {
    const taken = await findLastTaken(tx);
    if (taken === undefined || taken.doneAt !== undefined || !taken.isEnd) return;
    const states = await countTaken(tx, taken.history);
    const settled = (states.get("kept") ?? 0) + (states.get("given up") ?? 0);
    if (settled < taken.next) return;
    await saveTakenOver(tx, taken.history, { doneAt: clock.now() });
    await talk.say(tx, "history-done", encodeHistoryDone(idBytes(taken.history)));
    await over.emit(tx, undefined);
    tx.changed("history");
  }

  async function isWaiting(tx: Tx): Promise<boolean> {
    const taken = await findLastTaken(tx);
    return taken !== undefined && taken.doneAt === undefined && clock.since(lastSign(taken)) < DAY_MS;
  }

  const lastSign = ({ heardAt, askedAt }: TakenHistory): number => heardAt ?? askedAt;

  /** What is held may have its conversation now; what is lost is asked for; silence is noticed. */
  async function look(tx: Tx): Promise<void> {
    const taken = await findLastTaken(tx);
    if (taken === undefined || taken.doneAt !== undefined) return;
    tx.after(fetching.begin);
    tx.after(() => lookLater(LOOK_MS));
    if (await askedOther(tx, taken)) return;
    await fetching.lookAtHeld(tx, taken.history);
    await settle(tx);
    const missing = await listMissing(tx, taken.history, taken.next, MAX_WANTED_SLICES);
    const isQuiet = clock.since(taken.askedAt) > Math.min(DAY_MS, PATIENCE_MS * 2 ** (taken.asks - 1));
    const isSilent = clock.since(lastSign(taken)) > PATIENCE_MS;
    const mayAsk =
      missing.length > 0 ? clock.since(taken.askedAt) > LOOK_MS * 2 ** Math.min(taken.asks, 10) : isSilent && isQuiet;
    if (!mayAsk || (await isBusy(tx, taken))) return;
    await saveAsked(tx, taken.history, clock.now());
    await say(tx, taken, missing);
  }

  /** What was named is still on its way: the store is slow, not the device silent. */
  const isBusy = async (tx: Tx, { history }: TakenHistory): Promise<boolean> =>
    (await listTakenSlices(tx, history, "told", 1)).length > 0;

  async function askedOther(tx: Tx, taken: TakenHistory): Promise<boolean> {
    const others = await ownDevices.others(tx);
    const isGone = !others.includes(taken.source);
    if (isGone && !taken.isLeft) {
      await saveTakenOver(tx, taken.history, "left");
      tx.changed("history");
    }
    const isSilent = clock.since(lastSign(taken)) > DAY_MS;
    if (!isGone && !(isSilent && others.length > 1)) return false;
    const next = isGone ? others[0] : (others[others.indexOf(taken.source) + 1] ?? others[0]);
    await ask(tx, next);
    return true;
  }

  return {
    over,
    joined,
    restored,
    told,
    isWaiting,
    look,
    resume: async (tx) => {
      if (await isWaiting(tx)) tx.after(fetching.begin);
      await look(tx);
    },
  };
}
