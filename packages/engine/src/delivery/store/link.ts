import {
  parseAnswer,
  WIRE_SUBPROTOCOL,
  WIRE_VERSION,
  type Answer,
  type Entries,
  type Following,
  type Tags,
  type Welcome,
} from "@pli/protocol/wire";
import type { ConnectionState } from "../../api/views.ts";
import type { Reach } from "../port.ts";
import { PliError, type ErrorCode } from "../../runtime/errors.ts";
import type { Clock, Dialer, Socket } from "../../runtime/ports.ts";
import { socketAddress } from "./address.ts";
import { createBackoff } from "./backoff.ts";
import { createIdleWatch } from "./idle-watch.ts";
import { createCalls, type StoreCalls } from "./store-calls.ts";
import type { TrafficMeter } from "./traffic-meter.ts";
import { createRequests, errorFrom, isBeyond, type Ask } from "./requests.ts";

/** How soon after a dial the person's doings make the next one. */
const HURRY_MS = 2_000;
/** A line that lasted this long was a good one: the next attempt comes soon. */
const STEADY_MS = 30_000;

export interface LinkEvents {
  /** The store answered hello. */
  welcomed(welcome: Welcome): void;
  /** The next entries of the feed followed, in either form. */
  fed(frame: Entries | Tags): void;
  /** `reach()` changed. */
  changed(): void;
}

/**
 * The line to one store (docs/protocol.md, section 3): dials, says hello, numbers requests, dials
 * again with jittered back-off. Calls reject with `PliError`: `store_unreachable` when there is no
 * line, `store_slow` when no answer came (the line is then dropped, and whether a put took effect
 * is not known), or what the store refused with.
 */
export interface Link extends StoreCalls {
  /** Calls the store for the first time. */
  dial(): void;
  reach(): Reach;
  /** `beyond`: the feed does not reach so far. */
  follow(feed: number, from: number): Promise<Following | "beyond">;
  /** Drops the line and dials again, at once unless `error` says why not. */
  restart(error?: ErrorCode): void;
  /**
   * Somebody waits for the store: if there is no line it is dialled now, unless it was a moment
   * ago.
   */
  hurry(): void;
  close(): void;
}

export function createLink(deps: {
  store: string;
  /** Others are called less and less often while they do not answer. */
  isHome: boolean;
  dialer: Dialer;
  clock: Clock;
  random(): number;
  meter: TrafficMeter;
  on: LinkEvents;
}): Link {
  const { clock, on, meter } = deps;
  const url = socketAddress(deps.store);
  const backoff = createBackoff(deps.random, () => (deps.isHome ? 0 : clock.steady() - lastOnline));
  const requests = createRequests(clock, () => dropped("store_slow"));
  let socket: Socket | undefined;
  let current: Reach = {
    state: "connecting",
    since: clock.now(),
    error: undefined,
    answeredAt: clock.now(),
    nextTry: undefined,
  };
  let dialled = Number.NEGATIVE_INFINITY;
  let following: { feed: number; position: number } | undefined;
  let cancelRedial = (): void => {};
  const idle = createIdleWatch(clock, () => {
    if (following === undefined) return;
    void ask({ type: "follow", feed: following.feed, from: following.position }).catch(() => undefined);
  });
  let closed = false;
  /** Both by the steady clock. */
  let lastOnline = clock.steady();
  let becameSo = clock.steady();

  function become(state: ConnectionState, error: ErrorCode | undefined, nextTry?: number): void {
    if (current.state === state && current.error === error && current.nextTry === nextTry) return;
    const since = current.state === state ? current.since : clock.now();
    const answeredAt = current.state === "online" ? clock.now() : current.answeredAt;
    current = { state, since, error, answeredAt, nextTry };
    becameSo = clock.steady();
    on.changed();
  }

  function dial(): void {
    cancelRedial();
    if (closed) return;
    dialled = clock.steady();
    become("connecting", current.error);
    let alive = true;
    const mine = deps.dialer.dial(url, WIRE_SUBPROTOCOL, {
      opened: () => alive && void hello(),
      received: (frame) => alive && received(frame),
      closed: () => {
        alive = false;
        if (socket === mine || socket === undefined) dropped(current.error ?? "store_unreachable");
      },
    });
    if (alive) socket = mine;
  }

  async function hello(): Promise<void> {
    try {
      const answer = await ask({ type: "hello", minVersion: WIRE_VERSION, maxVersion: WIRE_VERSION });
      if (answer.type !== "welcome") return restart("store_lying");
      become("online", undefined);
      idle.start();
      on.welcomed(answer);
    } catch (error) {
      if (error instanceof PliError && error.code !== "store_unreachable") dropped(error.code);
    }
  }

  function received(frame: Uint8Array): void {
    idle.heard();
    const answer = parseAnswer(frame);
    if (!answer.ok) return dropped("store_lying");
    if (answer.value.type === "entries" || answer.value.type === "tags") {
      meter.fed(frame.length);
      if (following !== undefined) following.position = endOf(answer.value);
      return on.fed(answer.value);
    }
    if (answer.value.id === 0) return dropped(errorFrom(answer.value));
    requests.settle(answer.value);
  }

  function ask(request: Ask): Promise<Answer> {
    const line = socket;
    const open = line !== undefined && (current.state === "online" || request.type === "hello");
    if (!open) return Promise.reject(new PliError("store_unreachable"));
    return requests.ask(line, request);
  }

  /** The line is gone: every call on it fails, and the next attempt is set. */
  function dropped(error: ErrorCode): void {
    const old = socket;
    socket = undefined;
    idle.stop();
    old?.close();
    requests.failAll(error);
    if (closed) return;
    if (current.state === "online") lastOnline = clock.steady();
    if (current.state === "online" && clock.steady() - becameSo >= STEADY_MS) backoff.reset();
    const wait = backoff.next();
    become("offline", error, clock.now() + wait);
    cancelRedial();
    cancelRedial = clock.after(wait, dial);
  }

  function restart(error?: ErrorCode): void {
    if (error !== undefined) return dropped(error);
    backoff.reset();
    if (current.state === "online") dropped("store_unreachable");
    if (socket === undefined) dial();
  }

  function hurry(): void {
    if (current.state === "offline" && clock.steady() - dialled >= HURRY_MS) dial();
  }

  function lying(): never {
    dropped("store_lying");
    throw new PliError("store_lying");
  }

  return {
    dial,
    reach: () => current,
    ...createCalls({ ask, meter, lying }),
    follow: async (feed, from) => {
      following = { feed, position: from };
      const answer = await ask({ type: "follow", feed, from });
      if (isBeyond(answer)) return "beyond";
      return answer.type === "following" ? answer : lying();
    },
    restart,
    hurry,
    close: () => {
      closed = true;
      cancelRedial();
      dropped("store_unreachable");
    },
  };
}

function endOf(frame: Entries | Tags): number {
  return frame.first + (frame.type === "entries" ? frame.entries.length : frame.tags.length);
}
