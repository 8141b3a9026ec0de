import type { WaitingView } from "../../api/api.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import type { Session } from "../../delivery/feed/session.ts";
import { numberIn, textIn } from "../../runtime/storage/row.ts";

/** How often to look whether something has left. */
const LOOK_MS = 100;
/**
 * What leaves brings more to leave: a change that is stored makes an invitation due. All is done
 * when nothing has come for this long.
 */
const CALM_MS = 200;
/** Without a cell written for this long, what is left does not leave now. */
const STUCK_MS = 3_000;

/** What waits to leave beside the messages that people wrote. */
export async function readWaiting(tx: Tx): Promise<WaitingView> {
  const [row] = await tx.sql.all(
    `SELECT count(*) FILTER (WHERE purpose = 'pairing') AS pairings, count(*) FILTER (WHERE purpose = 'commit') AS changes,
       count(*) FILTER (WHERE purpose IN ('control', 'object', 'beacon')) AS notes,
       count(*) FILTER (WHERE purpose = 'receipt') + (SELECT count(DISTINCT r.message)
         FROM receipts r JOIN contacts k ON k.conversation = r.conversation WHERE NOT k.blocked) AS receipts FROM outbox`,
  );
  const of = (name: string): number => numberIn(row ?? {}, name);
  return { pairings: of("pairings"), changes: of("changes"), notes: of("notes"), receipts: of("receipts") };
}

/**
 * For a process that is about to end. Resolves when everything is read and nothing is left that can
 * leave now, when no store can be reached, when nothing has left for three seconds, or after `ms`.
 */
export function createDrain(
  context: Context,
  deps: { sessions(): Iterable<Session>; session(store: string): Session; written(): number; runs(): void },
): (ms: number) => Promise<void> {
  const { clock } = context;
  const canAnswer = ({ link }: Session): boolean => link.state().state !== "offline";

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
    const leaving = (await context.transact(readLeaving)).filter(({ store }) => canAnswer(deps.session(store)));
    if (reading.length === 0 && leaving.length === 0) return "";
    return JSON.stringify([reading, leaving, deps.written()]);
  }
}

/** What is in the outbox of each store, but for conversations where nothing leaves now. */
async function readLeaving(tx: Tx): Promise<{ store: string; items: number; last: number }[]> {
  const rows = await tx.sql.all(
    `SELECT o.store, count(*) AS items, max(o.id) AS last
     FROM outbox o LEFT JOIN conversations c ON o.stream = 'conversation ' || c.id
       LEFT JOIN contacts k ON k.conversation = c.id
     WHERE coalesce(c.state, 'ready') = 'ready' AND coalesce(k.blocked, 0) = 0 GROUP BY o.store`,
  );
  return rows.map((row) => ({
    store: textIn(row, "store"),
    items: numberIn(row, "items"),
    last: numberIn(row, "last"),
  }));
}
