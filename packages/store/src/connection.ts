import {
  chooseVersion,
  encodeAnswer,
  feedOf,
  frameId,
  MAX_REQUEST_BYTES,
  parseRequest,
  type Answer,
  type Request,
  type WireCode,
} from "@pli/protocol/wire";
import type { Admitted } from "./addresses.ts";
import { createFollower, type Follower } from "./follower.ts";
import type { Feeds } from "./feeds.ts";
import type { GroupCommit } from "./group-commit.ts";
import { BLOCK_PUT_TOKENS, type StoreLimits } from "./limits.ts";
import type { Metrics } from "./metrics.ts";
import { createRate } from "./rate.ts";
import type { Clock } from "./clock.ts";
import type { FeedRange, Storage } from "./storage/storage.ts";

/** The line of one connection, as the store uses it. */
export interface Line {
  /** Sends one frame; `sent` is called when the system has taken it. */
  send(frame: Uint8Array, sent: () => void): void;
  /** Bytes sent and not yet taken by the system. */
  buffered(): number;
  /** Stops reading what the other side sends, until resume. */
  pause(): void;
  resume(): void;
  close(reason: "bad_frame" | "hello_expected" | "unsupported_version" | "shutting_down"): void;
}

/** What all connections share. */
export interface Services {
  readonly storage: Storage;
  readonly commits: GroupCommit;
  readonly feeds: Feeds;
  readonly feedCount: number;
  readonly limits: StoreLimits;
  readonly retentionDays: number;
  readonly software: string;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly failed: (error: unknown) => void;
}

export interface Connection {
  received(frame: Uint8Array): void;
  greeted(): boolean;
  /** Answers what is committed, refuses the rest, and says goodbye. */
  shutdown(): Promise<void>;
  closed(): void;
}

/** Above this many bytes waiting to leave, a connection is answered and pushed nothing more until its line has room. */
const MAX_BUFFERED = 512 * 1024;
const MAX_BAD_FRAMES = 16;

/** One client: hello first, then requests as fast as it likes; at most `limits.inFlight` are worked on at once, the rest waits unread. */
export const createConnection = (line: Line, services: Services, address: Admitted): Connection => {
  const { storage, commits, feeds, limits, metrics, clock } = services;
  const rate = createRate(limits.putsPerSecond, limits.putBurst, () => clock.steady());
  const followers = new Map<number, Follower>();
  let waiting: Uint8Array[] = [];
  let inFlight = 0;
  let badFrames = 0;
  let greeted = false;
  let paused = false;
  let over = false;
  let idle: (() => void) | undefined;

  const hasRoom = (): boolean => line.buffered() < MAX_BUFFERED;
  const send = (frame: Uint8Array): void => {
    if (!over) line.send(frame, onSent);
  };
  const answer = (message: Answer): void => send(encodeAnswer(message));
  const refuse = (id: number, code: WireCode): void => {
    metrics.count("pli_refused_total", code);
    answer({ type: "error", id, code });
  };
  const hangUp = (reason: "bad_frame" | "hello_expected" | "unsupported_version"): void => {
    line.close(reason);
    closed();
  };

  const work = (): void => {
    while (waiting.length > 0 && inFlight < limits.inFlight && hasRoom()) handle(waiting.shift() as Uint8Array);
    if (waiting.length > 0 !== paused) setPaused(!paused);
  };
  const setPaused = (value: boolean): void => {
    paused = value;
    if (value) line.pause();
    else line.resume();
  };
  function onSent(): void {
    if (over) return;
    work();
    for (const follower of followers.values()) follower.advance();
  }

  const handle = (frame: Uint8Array): void => {
    const parsed = parseRequest(frame);
    if (!parsed.ok) return handleBad(frameId(frame), parsed.error);
    const request = parsed.value;
    if (greeted === (request.type === "hello")) {
      refuse(request.id, "hello_expected");
      return hangUp("hello_expected");
    }
    if ("label" in request && feedOf(request.label) >= services.feedCount) return refuse(request.id, "unknown_feed");
    if ("feed" in request && request.feed >= services.feedCount) return refuse(request.id, "unknown_feed");
    dispatch(request);
  };
  const handleBad = (id: number, code: "bad_frame" | "wrong_size"): void => {
    refuse(id, code);
    badFrames += 1;
    if (!greeted || badFrames >= MAX_BAD_FRAMES) hangUp("bad_frame");
  };
  const dispatch = (request: Request): void => {
    switch (request.type) {
      case "hello":
        return hello(request);
      case "put":
      case "putBlock":
        return put(request);
      case "get":
      case "getBlock":
        return get(request);
      case "follow":
        return void follow(request);
      case "unfollow":
        return unfollow(request.feed);
    }
  };
  const hello = (request: Request & { type: "hello" }): void => {
    const version = chooseVersion(request);
    if (!version.ok) {
      refuse(request.id, version.error);
      return hangUp("unsupported_version");
    }
    greeted = true;
    answer({
      type: "welcome",
      id: request.id,
      version: version.value,
      storeId: storage.storeId,
      now: Math.floor(clock.now() / 1000),
      retentionDays: services.retentionDays,
      maxFrame: MAX_REQUEST_BYTES,
      software: services.software,
    });
  };

  const start = (id: number, job: Promise<Answer>): void => {
    inFlight += 1;
    const done = (message: Answer): void => {
      inFlight -= 1;
      answer(message);
      if (inFlight === 0) idle?.();
      work();
    };
    void finish(id, job, done);
  };
  const finish = async (id: number, job: Promise<Answer>, done: (message: Answer) => void): Promise<void> => {
    try {
      done(await job);
    } catch (error) {
      services.failed(error);
      done({ type: "error", id, code: "internal" });
    }
  };
  const put = (request: Request & { type: "put" | "putBlock" }): void => {
    const tokens = request.type === "put" ? 1 : BLOCK_PUT_TOKENS;
    if (!rate.take(tokens) || !address.puts.take(tokens)) return refuse(request.id, "too_many_requests");
    start(request.id, store(request));
  };
  const store = async (request: Request & { type: "put" | "putBlock" }): Promise<Answer> => {
    const { id, label } = request;
    const stored = await commits.put(
      request.type === "put"
        ? { kind: "cell", label, bytes: request.cell }
        : { kind: "block", label, bytes: request.block },
    );
    if (!stored.ok) {
      metrics.count("pli_refused_total", stored.error);
      return { type: "error", id, code: stored.error };
    }
    metrics.count("pli_puts_total", stored.value.outcome);
    return { type: "stored", id, outcome: stored.value.outcome };
  };
  const get = (request: Request & { type: "get" | "getBlock" }): void => start(request.id, look(request));
  const look = async ({ type, id, label }: Request & { type: "get" | "getBlock" }): Promise<Answer> => {
    const found: Answer | undefined =
      type === "get" ? foundCell(id, await storage.get(label)) : foundBlock(id, await storage.getBlock(label));
    metrics.count("pli_gets_total", found === undefined ? "absent" : "found");
    return found ?? { type: "absent", id };
  };

  const rangeFor = async (feed: number): Promise<FeedRange | undefined> => {
    try {
      return await storage.latestRange(feed);
    } catch (error) {
      services.failed(error);
      return undefined;
    }
  };
  const follow = async ({ id, feed, from }: Request & { type: "follow" }): Promise<void> => {
    const known = storage.range(feed);
    const range = from <= known.next ? known : await rangeFor(feed);
    if (over) return;
    if (range === undefined) return refuse(id, "internal");
    unfollow(feed);
    const { oldest, next } = range;
    if (from > next) return refuse(id, "position_beyond");
    answer({ type: "following", id, feed, oldest, next, form: "full" });
    const start = Math.max(from, oldest);
    const follower = createFollower({ storage, feed, from: start, hasRoom, send, failed: services.failed });
    followers.set(feed, follower);
    feeds.add(feed, follower);
    follower.advance();
  };
  const unfollow = (feed: number): void => {
    const follower = followers.get(feed);
    if (follower === undefined) return;
    follower.stop();
    followers.delete(feed);
    feeds.remove(feed, follower);
  };
  function closed(): void {
    if (over) return;
    over = true;
    waiting = [];
    for (const feed of followers.keys()) unfollow(feed);
    address.leave();
  }
  return {
    received: (frame) => {
      if (over) return;
      waiting.push(frame);
      work();
    },
    greeted: () => greeted,
    shutdown: async () => {
      for (const frame of waiting) refuse(frameId(frame), "shutting_down");
      waiting = [];
      if (inFlight > 0) {
        await new Promise<void>((resolve) => {
          idle = resolve;
        });
      }
      answer({ type: "error", id: 0, code: "shutting_down" });
      line.close("shutting_down");
      closed();
    },
    closed,
  };
};

const foundCell = (id: number, bytes: Awaited<ReturnType<Storage["get"]>>): Answer | undefined =>
  bytes === undefined ? undefined : { type: "found", id, kind: "cell", bytes };

const foundBlock = (id: number, bytes: Awaited<ReturnType<Storage["getBlock"]>>): Answer | undefined =>
  bytes === undefined ? undefined : { type: "found", id, kind: "block", bytes };
