import type { StatusView, StoreAway, WaitingMessages } from "../../api/views.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import type { StoreFacts } from "../../delivery/port.ts";
import type { SendQueue } from "../../delivery/queue/send-queue.ts";
import type { Profiles } from "../../people/profile.ts";
import { listUnsentByConversation } from "../messages/messages.table.ts";
import { awayFrom } from "../../delivery/away.ts";
import { readWaiting } from "./waiting.ts";

/** How far a clock may be from the store's before it is shown, in seconds. */
const SKEW_SHOWN = 300;

/** How this device, its lines to stores and its send queue are. */
export function createStatus(
  context: Context,
  deps: {
    store: string;
    home(): StoreFacts;
    /** Every store there is a line to. */
    sessions(): Iterable<StoreFacts>;
    away(store: string): StoreAway | undefined;
    profiles: Profiles;
    queue: SendQueue;
  },
): (tx: Tx) => Promise<StatusView> {
  async function waiting(tx: Tx): Promise<WaitingMessages[]> {
    return (await listUnsentByConversation(tx)).map(({ conversation, messages, store, state }) => {
      const away = deps.away(store);
      const what = away !== undefined ? "store" : state === "rejoining" ? "people" : "turn";
      return { conversation, messages, what, store, ...(away !== undefined && { away }) };
    });
  }

  function storesAway(): StoreAway[] {
    const others = [...deps.sessions()].filter(({ store }) => store !== deps.store);
    return others.flatMap((session) => awayFrom(session) ?? []);
  }

  function connection(): StatusView["connection"] {
    const home = deps.home();
    const { state, since, error, nextTry } = home.reach();
    const refusal = error ?? deps.queue.refusal();
    const catchUp = home.catchUp();
    return {
      state: state === "online" && !home.isReady() ? "connecting" : state,
      store: deps.store,
      since,
      ...(refusal === undefined ? {} : { error: refusal }),
      ...(nextTry === undefined ? {} : { nextTry }),
      ...(catchUp === undefined ? {} : { catchUp }),
    };
  }

  return async function status(tx) {
    const profile = await deps.profiles.find(tx);
    const skew = deps.home().skew();
    const isRight = Math.abs(skew) <= SKEW_SHOWN && deps.home().clockOff() !== undefined;
    const isLate = isRight && (await deps.profiles.isOutOfTime(tx));
    const trouble = context.trouble() ?? (isLate ? "profile_out_of_time" : undefined);
    const [waitsFor, away] = [await waiting(tx), storesAway()];
    return {
      profile: profile && { id: profile.id, name: profile.card.name, createdAt: profile.createdAt },
      connection: connection(),
      pending: waitsFor.reduce((sum, { messages }) => sum + messages, 0),
      waiting: await readWaiting(tx),
      ...(waitsFor.length === 0 ? {} : { waitsFor }),
      ...(away.length === 0 ? {} : { storesAway: away }),
      ...(Math.abs(skew) > SKEW_SHOWN ? { clockSkew: skew } : {}),
      ...(trouble === undefined ? {} : { trouble }),
    };
  };
}
