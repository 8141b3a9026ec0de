import type { WaitingView } from "../../api/views.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import type { StoreFacts } from "../../delivery/port.ts";
import { countItems } from "../../delivery/queue/send-queue.table.ts";
import { CONVERSATION_STREAM } from "../../epochs/conversations.ts";
import { countContents, countWaitingActions } from "../../epochs/pending-contents.table.ts";
import { countUnsent } from "../messages/messages.table.ts";
import { PAIRING } from "../pairing/pairing-row.ts";
import { DECOYS } from "../receipts/slot-cells.ts";
import { countReceipts } from "../receipts/receipts.table.ts";
import { listLeaving } from "./leaving.views.table.ts";

/** How often to look whether something has left. */
const LOOK_MS = 100;
/**
 * What leaves brings more to leave: a change that is stored makes an invitation due. All is done
 * when nothing has come for this long.
 */
const CALM_MS = 200;
/** Without a cell written for this long, what is left does not leave now. */
const STUCK_MS = 3_000;

/** What this person said that no store has: texts, and what they did with messages. */
export const countSaid = async (tx: Tx): Promise<number> => (await countUnsent(tx)) + (await countWaitingActions(tx));

/** What waits to leave beside the messages that people wrote. */
export async function readWaiting(tx: Tx): Promise<WaitingView> {
  const items = await countItems(tx);
  const of = (word: string): number => items.get(word) ?? 0;
  const others = [...items.keys()].filter((word) => ![PAIRING, DECOYS, CONVERSATION_STREAM].includes(word));
  const contents = await countContents(tx);
  return {
    pairings: of(PAIRING),
    changes: of(CONVERSATION_STREAM) - contents.sealed,
    notes: contents.control + others.reduce((sum, word) => sum + of(word), 0),
    receipts: contents.receipt + (await countReceipts(tx)),
  };
}

/**
 * For a process that is about to end. Resolves when everything is read and nothing is left that can
 * leave now, when no store can be reached, when nothing has left for three seconds, or after `ms`.
 */
export function createDrain(
  context: Context,
  deps: { sessions(): Iterable<StoreFacts>; session(store: string): StoreFacts; written(): number; runs(): void },
): (ms: number) => Promise<void> {
  const { clock } = context;
  const canAnswer = ({ reach }: StoreFacts): boolean => reach().state !== "offline";

  return async function drain(ms) {
    let before: string | undefined;
    // Counted in looks: a clock that is set meanwhile makes it neither longer nor shorter.
    for (let [passed, same] = [0, 0]; passed < ms && !clock.closed; passed += LOOK_MS) {
      const left = await leftToDo();
      same = left === before ? same + LOOK_MS : 0;
      before = left;
      if (same >= (left === "" ? CALM_MS : STUCK_MS)) return;
      await clock.pause(LOOK_MS);
    }
  };

  /** Changes with every step forward; empty when nothing is left to do. */
  async function leftToDo(): Promise<string> {
    deps.runs();
    const reading = [...deps.sessions()]
      .filter((session) => canAnswer(session) && (!session.isReady() || context.blockers.isHeld(session.store)))
      .map((session) => `${session.store} ${session.catchUp()?.done ?? ""}`);
    const leaving = (await context.transact(listLeaving)).filter(({ store }) => canAnswer(deps.session(store)));
    if (reading.length === 0 && leaving.length === 0) return "";
    return JSON.stringify([reading, leaving, deps.written()]);
  }
}
