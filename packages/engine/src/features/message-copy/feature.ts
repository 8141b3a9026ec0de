import type { QueryHandlers } from "../../api/handlers.ts";
import type { MessageCopyView } from "../../api/views.ts";
import type { Kit } from "../../kit.ts";
import type { Tx } from "../../runtime/context.ts";
import type { Feature } from "../../runtime/feature.ts";
import type { DevicesFeature } from "../devices/feature.ts";
import type { HistoryFeature } from "../history/feature.ts";
import { createStoreTime } from "../recovery/store-time.ts";
import { isSet } from "../settings/settings.ts";
import type { SettingsFeature } from "../settings/feature.ts";
import { WRITTEN } from "./copy-parts.table.ts";
import { createCopyRestoring, type CopyRestoring } from "./restoring.ts";
import { RESTORED } from "./restored-parts.table.ts";
import { createCopyWriting, type CopyWriting } from "./writing.ts";

const DAY_MS = 86_400_000;

/** A copy of the messages in the store, if the person wants one (docs/protocol.md, section 8.3). */
export interface MessageCopy extends Feature {
  readonly queries: Pick<QueryHandlers, "messageCopy">;
  readonly writing: Pick<CopyWriting, "renew" | "found">;
  readonly restoring: Pick<CopyRestoring, "begin">;
}

export function createMessageCopy(
  kit: Kit,
  deps: { devices: DevicesFeature; history: HistoryFeature; settings: SettingsFeature },
): MessageCopy {
  const { devices, history, settings } = deps;
  const { ownDevices, queue } = kit;
  const time = createStoreTime(kit);
  const restoring = createCopyRestoring(kit, (tx) => writing.look(tx));
  const writing = createCopyWriting(kit, {
    mayBegin: async (tx) => (await restoring.isOver(tx)) && !(await history.isWaiting(tx)),
  });
  settings.copyChanged.on((tx, { isOn, isHere }) => writing.turned(tx, isOn, isHere));
  ownDevices.changed.on((tx) => writing.look(tx));
  // What comes of a copy stands below every history: with one, no other device is asked.
  devices.restored.cameIn.on(async (tx) => {
    if ((await restoring.find(tx)) === undefined) await history.restored(tx);
  });

  async function readCopy(tx: Tx): Promise<MessageCopyView> {
    const last = await writing.last(tx);
    const restored = await restoring.find(tx);
    const isUnderWay = await writing.isUnderWay(tx);
    const refusal = isUnderWay ? queue.refusal() : undefined;
    const retention = time.retentionDays() * DAY_MS;
    return {
      isOn: await isSet(tx, "messageCopy"),
      isUnderWay,
      ...(refusal !== undefined && { refusal }),
      ...(last !== undefined && last.copiedAt > 0 && { last: lastFrom(last, retention) }),
      ...(restored !== undefined && { restoring: restoringFrom(restored) }),
    };
  }

  return {
    tables: [...WRITTEN, ...RESTORED],
    queries: { messageCopy: readCopy },
    writing,
    restoring,
    resume: restoring.resume,
    tick: writing.look,
  };
}

type Last = NonNullable<Awaited<ReturnType<CopyWriting["last"]>>>;

const lastFrom = ({ copiedAt: at, messages, older, isHere }: Last, retention: number): MessageCopyView["last"] => ({
  at,
  messages,
  older,
  // A store drops whole days.
  until: at + retention + DAY_MS,
  isHere,
});

const restoringFrom = ({
  messages,
  done: messagesDone,
  missing,
  older,
  doneAt,
}: NonNullable<Awaited<ReturnType<CopyRestoring["find"]>>>): MessageCopyView["restoring"] => ({
  messages,
  messagesDone,
  missing,
  older,
  ...(doneAt !== null && { doneAt }),
});
