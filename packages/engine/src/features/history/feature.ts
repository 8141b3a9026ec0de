import type { QueryHandlers } from "../../api/handlers.ts";
import type { HistoryView } from "../../api/views.ts";
import type { Kit } from "../../kit.ts";
import type { Tx } from "../../runtime/context.ts";
import type { Feature } from "../../runtime/feature.ts";
import { deleteMeta, findMeta, saveMeta } from "../../runtime/storage/meta.ts";
import { countEntered } from "../../epochs/conversations.table.ts";
import type { DevicesFeature } from "../devices/feature.ts";
import { createGiving } from "./giving.ts";
import { countRecentAwaited, findLastTaken, INCOMING } from "./incoming.table.ts";
import { listGiven, OUTGOING } from "./outgoing.table.ts";
import { createTaking } from "./taking.ts";

/** Since when this device has been coming into the conversations of the device that let it in. */
const ENTERING = "entering";
/** What is not here by then does not come by itself. */
const ENTERING_MS = 7 * 86_400_000;

/** What was said before a device was linked follows to it. */
export interface HistoryFeature extends Feature {
  readonly queries: Pick<QueryHandlers, "history">;
  /** More of it is to come to this device. */
  isWaiting(tx: Tx): Promise<boolean>;
  /** Asks another own device for it, on a device that was restored without a copy. */
  restored(tx: Tx): Promise<void>;
}

export function createHistory(kit: Kit, { devices }: { devices: DevicesFeature }): HistoryFeature {
  const { commits, context, contents, ownDevices, queue } = kit;
  const { talk, linking } = devices;
  const taking = createTaking(kit, { talk });
  const giving = createGiving(kit, { talk, isWaiting: taking.isWaiting });

  linking.joined.on(async (tx) => {
    await saveMeta(tx, ENTERING, context.clock.now());
    await taking.joined(tx);
  });
  taking.over.on(async (tx) => tx.after(queue.kick));
  ownDevices.changed.on((tx) => taking.look(tx));
  commits.events.settled.on(async (tx) => {
    if ((await listGiven(tx)).length > 0) tx.after(giving.entered);
  });
  contents.onOwnControl("self", "history-wanted", giving.wanted);
  contents.onOwnControl("self", "history-done", giving.done);
  contents.onOwnControl("self", "history", taking.told);

  return {
    tables: [...INCOMING, ...OUTGOING],
    queries: { history: readHistory },
    isWaiting: taking.isWaiting,
    restored: taking.restored,
    resume: taking.resume,
    tick: async (tx) => {
      await giving.tick(tx);
      await taking.look(tx);
      const since = await findMeta<number>(tx, ENTERING);
      if (since !== undefined && context.clock.since(since) > ENTERING_MS) await deleteMeta(tx, ENTERING);
    },
  };
}

async function readHistory(tx: Tx): Promise<HistoryView> {
  const given = (await listGiven(tx)).filter(({ doneAt }) => doneAt === undefined);
  const taken = await findLastTaken(tx);
  const entering = await readEntering(tx, taken?.conversations ?? 0);
  const outgoing = given.map(({ device, messages, sent }) => ({ device, messages, sent }));
  const others = { ...(entering && { conversations: entering }), outgoing };
  if (taken === undefined) return others;
  const { source: from, conversations, whole, messages, kept, askedAt, heardAt, isLeft, doneAt } = taken;
  const isRecentHere = taken.isRecentOver && (await countRecentAwaited(tx, taken.history)) === 0;
  const step = stepOf({ ...taken, isRecentHere });
  const counts = { conversations, conversationsDone: whole, messages, messagesDone: kept };
  const times = { askedAt, ...(heardAt !== undefined && { heardAt }), ...(doneAt !== undefined && { doneAt }) };
  return { incoming: { from: isLeft ? "" : from, step, ...counts, ...times }, ...others };
}

/** `told`: of how many the other device has told; those of two are known from the beginning. */
async function readEntering(tx: Tx, told: number): Promise<HistoryView["conversations"]> {
  if ((await findMeta<number>(tx, ENTERING)) === undefined) return undefined;
  const { here, all } = await countEntered(tx);
  return here < Math.max(all, told) ? { here, all: Math.max(all, told) } : undefined;
}

function stepOf(taken: {
  readonly doneAt: number | undefined;
  readonly isLeft: boolean;
  readonly heardAt: number | undefined;
  readonly isRecentHere: boolean;
}): NonNullable<HistoryView["incoming"]>["step"] {
  if (taken.doneAt !== undefined) return "complete";
  if (taken.isLeft) return "gone";
  if (taken.heardAt === undefined) return "asked";
  return taken.isRecentHere ? "older" : "recent";
}
