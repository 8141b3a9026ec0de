/**
 * One store as the engine lives with it: the line to it, its feed, what is fetched from it. The
 * implementation of the delivery port over a line of this device's own.
 */
import { fractionFrom } from "../../runtime/chance.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import type { Dialer } from "../../runtime/ports.ts";
import type { Delivery, Follower, StoreFacts } from "../port.ts";
import { createLink, type Link } from "../store/link.ts";
import type { TrafficMeter } from "../store/traffic-meter.ts";
import { createFetching } from "./fetching.ts";
import { createFeedFollowing, type FeedFollowing } from "./following.ts";
import { createRecent } from "./recent.ts";
import { createStoreClock } from "./store-clock.ts";

export interface Session extends Delivery, StoreFacts, Pick<Link, "hurry"> {
  /** Drops the line and dials again. */
  reconnect(): void;
  close(): Promise<void>;
}

/** `greeted`: the store said hello, before this device's place in its feed is looked up. */
export function createSession(
  context: Context,
  deps: {
    store: string;
    isHome: boolean;
    dialer: Dialer;
    meter: TrafficMeter;
    greeted(tx: Tx, store: string, storeId: Uint8Array): Promise<void>;
  },
): Session {
  const { clock, crypto, live } = context;
  const { store, greeted } = deps;
  let feed: FeedFollowing | undefined;
  const recent = createRecent();
  const fetching = createFetching(context, { recent, link: () => link });
  const link: Link = createLink({
    store,
    isHome: deps.isHome,
    dialer: deps.dialer,
    clock,
    meter: deps.meter,
    random: () => fractionFrom(crypto.random(4)),
    on: {
      welcomed: (welcome) => {
        storeClock.greeted(welcome.now);
        fetching.online();
        feed?.welcomed(welcome);
      },
      fed: (frame) => feed?.fed(frame),
      changed: () => {
        if (link.reach().state !== "online") feed?.lost();
        live.touch(new Set(["status"]));
      },
    },
  });
  const storeClock = createStoreClock(clock, link.reach);

  function follow(follower: Follower): void {
    feed = createFeedFollowing(context, { store, link, fetching, recent, greeted, follower });
    link.dial();
  }

  return {
    store,
    put: link.put,
    get: fetching.get,
    follow,
    reach: link.reach,
    skew: storeClock.skew,
    clockOff: storeClock.clockOff,
    retentionDays: () => feed?.retentionDays(),
    isReady: () => feed?.isReady() === true,
    end: () => feed?.end() ?? 0,
    form: () => feed?.form(),
    catchUp: () => feed?.catchUp(),
    reconnect: () => link.restart(),
    hurry: link.hurry,
    close: async () => {
      link.close();
      fetching.close();
      await feed?.close();
    },
  };
}
