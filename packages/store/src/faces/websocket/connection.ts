/** One client of the store: what it may ask, and how it is answered, whatever its line. */
import {
  BLOCK_BYTES,
  CELL_BYTES,
  chooseVersion,
  feedOf,
  frameId,
  MAX_REQUEST_BYTES,
  parseRequest,
  type Answer,
  type Request,
  type WireCode,
} from "@pli/protocol/wire";
import type { Admitted } from "../admission/addresses.ts";
import type { BlockAnswers } from "../../core/block-answers.ts";
import type { Clock } from "../../base/clock.ts";
import type { Feeds } from "../../core/feeds.ts";
import { Follower } from "../../core/follower.ts";
import type { GroupCommit } from "../../core/group-commit.ts";
import { BLOCK_PUT_TOKENS, type StoreLimits } from "../admission/limits.ts";
import { messageFromAnswer, type Message } from "../../core/message.ts";
import type { Metrics } from "../../base/metrics.ts";
import { createTokenBucket, type TokenBucket } from "../../base/token-bucket.ts";
import type { FeedRange, Storage } from "../../storage/storage.ts";

/** The line of one connection, as the store uses it. */
export interface Line {
  /**
   * Sends a message together with the others of this event-loop turn. Calls `left` when the system
   * has taken it, or the line is closed.
   */
  send(message: Message, left?: () => void): void;
  /** Whether to send more now. After a no, the owner's `drained` is called when it is time. */
  isWritable(): boolean;
  /** Stops reading what the other side sends, until `resume`. */
  pause(): void;
  resume(): void;
  close(reason: "bad_frame" | "hello_expected" | "unsupported_version" | "shutting_down"): void;
}

/** What all connections use. */
export interface Services {
  readonly storage: Storage;
  readonly commits: GroupCommit;
  readonly blocks: BlockAnswers;
  readonly feeds: Feeds;
  readonly feedCount: number;
  readonly limits: StoreLimits;
  readonly retentionDays: number;
  readonly software: string;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly failed: (error: unknown) => void;
}

type RequestOf<T extends Request["type"]> = Extract<Request, { type: T }>;

const MAX_BAD_FRAMES = 16;
/**
 * A client that puts too much is read again after this long: refusing costs the store as much as
 * storing.
 */
const THROTTLE_MS = 50;

/**
 * One client. Its first request is hello; then it may send any number. At most `limits.inFlight`
 * run at once, and the rest waits unread. It is a class that makes its parts late: there are tens
 * of thousands of connections, and most only follow a feed.
 */
export class Connection {
  readonly #line: Line;
  readonly #services: Services;
  readonly #address: Admitted;
  #rate: TokenBucket | undefined;
  /** Replaced at each change, so that connections that follow nothing share one map. */
  #followers: ReadonlyMap<number, Follower> = NO_FOLLOWERS;
  #waiting: Uint8Array[] = NOTHING;
  #inFlight = 0;
  #askingLeader = false;
  #throttled = false;
  /** Answers with blocks that have not left yet. */
  #blocks = 0;
  #badFrames = 0;
  #greeted = false;
  #paused = false;
  #over = false;
  #idle: (() => void) | undefined;

  constructor(line: Line, services: Services, address: Admitted) {
    this.#line = line;
    this.#services = services;
    this.#address = address;
  }

  /** Handles a frame of the client. */
  received(frame: Uint8Array): void {
    if (this.#over) return;
    if (this.#waiting.length === 0 && this.#mayWork()) return this.#handle(frame);
    if (this.#waiting === NOTHING) this.#waiting = [];
    this.#waiting.push(frame);
    this.#setPaused(true);
  }

  /** The line is writable again. */
  drained(): void {
    if (this.#over) return;
    this.#work();
    for (const follower of this.#followers.values()) follower.advance();
  }

  greeted(): boolean {
    return this.#greeted;
  }

  isWritable(): boolean {
    return this.#line.isWritable();
  }

  send(message: Message, left?: () => void): void {
    if (!this.#over) this.#line.send(message, left);
    else left?.();
  }

  /** Answers what is committed, refuses the rest, and closes the line. */
  async shutdown(): Promise<void> {
    for (const frame of this.#waiting) this.#refuse(frameId(frame), "shutting_down");
    this.#waiting = NOTHING;
    if (this.#inFlight > 0) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
      });
    }
    this.#answer({ type: "error", id: 0, code: "shutting_down" });
    this.#line.close("shutting_down");
    this.closed();
  }

  closed(): void {
    if (this.#over) return;
    this.#over = true;
    this.#waiting = NOTHING;
    for (const feed of this.#followers.keys()) this.#unfollow(feed);
  }

  #mayWork(): boolean {
    const { limits, commits, blocks } = this.#services;
    if (this.#askingLeader || this.#throttled || this.#inFlight >= limits.inFlight || !this.isWritable()) return false;
    return commits.wantsMore(this) && blocks.wantsMore(this.#blocks);
  }

  #work(): void {
    while (this.#waiting.length > 0 && this.#mayWork()) this.#handle(this.#waiting.shift() as Uint8Array);
    if (this.#waiting.length === 0) this.#waiting = NOTHING;
    this.#setPaused(this.#waiting.length > 0);
  }

  #setPaused(paused: boolean): void {
    if (paused === this.#paused) return;
    this.#paused = paused;
    if (paused) this.#line.pause();
    else this.#line.resume();
  }

  #answer(answer: Answer, left?: () => void): void {
    this.send(messageFromAnswer(answer), left);
  }

  #refuse(id: number, code: WireCode): void {
    this.#services.metrics.count("pli_refused_total", code);
    this.#answer({ type: "error", id, code });
  }

  #hangUp(reason: "bad_frame" | "hello_expected" | "unsupported_version"): void {
    this.#line.close(reason);
    this.closed();
  }

  #handle(frame: Uint8Array): void {
    const parsed = parseRequest(frame);
    if (!parsed.ok) return this.#handleBad(frameId(frame), parsed.error);
    const request = parsed.value;
    if (this.#greeted === (request.type === "hello")) {
      this.#refuse(request.id, "hello_expected");
      return this.#hangUp("hello_expected");
    }
    if (this.#feedIn(request) >= this.#services.feedCount) return this.#refuse(request.id, "unknown_feed");
    this.#dispatch(request);
  }

  #feedIn(request: Request): number {
    if ("label" in request) return feedOf(request.label);
    return "feed" in request ? request.feed : 0;
  }

  #handleBad(id: number, code: "bad_frame" | "wrong_size"): void {
    this.#refuse(id, code);
    this.#badFrames += 1;
    if (!this.#greeted || this.#badFrames >= MAX_BAD_FRAMES) this.#hangUp("bad_frame");
  }

  #dispatch(request: Request): void {
    switch (request.type) {
      case "hello":
        return this.#hello(request);
      case "put":
      case "putBlock":
        return this.#put(request);
      case "get":
        return this.#start(request.id, this.#look(request));
      case "getBlock":
        this.#blocks += 1;
        return this.#start(request.id, this.#lookForBlock(request), () => this.#blockLeft());
      case "follow":
        return this.#follow(request);
      case "unfollow":
        return this.#unfollow(request.feed);
    }
  }

  #hello(request: RequestOf<"hello">): void {
    const { storage, clock, retentionDays, software } = this.#services;
    const version = chooseVersion(request);
    if (!version.ok) {
      this.#refuse(request.id, version.error);
      return this.#hangUp("unsupported_version");
    }
    this.#greeted = true;
    this.#answer({
      type: "welcome",
      id: request.id,
      version: version.value,
      storeId: storage.storeId,
      now: Math.floor(clock.now() / 1000),
      retentionDays,
      maxFrame: MAX_REQUEST_BYTES,
      software,
    });
  }

  #start(id: number, job: Promise<Answer>, left?: () => void): void {
    this.#inFlight += 1;
    job.then(
      (answer) => this.#finish(answer, left),
      (error: unknown) => {
        this.#services.failed(error);
        this.#finish({ type: "error", id, code: "internal" }, left);
      },
    );
  }

  #finish(answer: Answer, left: (() => void) | undefined): void {
    this.#answer(answer, left);
    this.#settled();
  }

  #settled(): void {
    this.#inFlight -= 1;
    if (this.#inFlight === 0) this.#idle?.();
    if (this.#waiting.length > 0) this.#work();
  }

  #put(request: RequestOf<"put" | "putBlock">): void {
    const tokens = request.type === "put" ? 1 : BLOCK_PUT_TOKENS;
    const { limits, clock } = this.#services;
    this.#rate ??= createTokenBucket(limits.putsPerSecond, limits.putBurst, clock.steady);
    if (!this.#rate.take(tokens) || !this.#address.puts.take(tokens)) {
      this.#refuse(request.id, "too_many_requests");
      return this.#throttle();
    }
    const { waiting, waitingBlocks } = this.#address;
    const budget = request.type === "put" ? waiting : waitingBlocks;
    const bytes = request.type === "put" ? CELL_BYTES : BLOCK_BYTES;
    if (!budget.take(bytes)) return this.#refuse(request.id, "store_busy");
    this.#start(
      request.id,
      this.#store(request, () => budget.give(bytes)),
    );
  }

  async #store(request: RequestOf<"put" | "putBlock">, settled: () => void): Promise<Answer> {
    const { commits, metrics } = this.#services;
    const { id, label } = request;
    const put =
      request.type === "put"
        ? ({ kind: "cell", label, bytes: request.cell } as const)
        : ({ kind: "block", label, bytes: request.block } as const);
    const stored = await commits.put(put, this).finally(settled);
    if (!stored.ok) {
      metrics.count("pli_refused_total", stored.error);
      return { type: "error", id, code: stored.error };
    }
    metrics.count("pli_puts_total", stored.value.outcome);
    return { type: "stored", id, outcome: stored.value.outcome };
  }

  #throttle(): void {
    this.#throttled = true;
    setTimeout(() => {
      this.#throttled = false;
      if (!this.#over) this.#work();
    }, THROTTLE_MS).unref();
  }

  async #look({ id, label }: RequestOf<"get">): Promise<Answer> {
    const bytes = await this.#services.storage.get(label);
    return this.#found(id, bytes && { type: "found", id, kind: "cell", bytes });
  }

  async #lookForBlock({ id, label }: RequestOf<"getBlock">): Promise<Answer> {
    const bytes = await this.#services.blocks.get(label, this.#address.blocks);
    return this.#found(id, bytes && { type: "found", id, kind: "block", bytes });
  }

  #found(id: number, found: Answer | undefined): Answer {
    this.#services.metrics.count("pli_gets_total", found === undefined ? "absent" : "found");
    return found ?? { type: "absent", id };
  }

  #blockLeft(): void {
    this.#services.blocks.left(this.#address.blocks);
    this.#blocks -= 1;
    if (this.#waiting.length > 0) this.#work();
  }

  /**
   * A node of a cluster may lack what its client has read at another node. It asks the leader then,
   * and what the client sends meanwhile waits.
   */
  #follow(request: RequestOf<"follow">): void {
    const { storage, failed } = this.#services;
    const known = storage.range(request.feed);
    if (request.from <= known.next) return this.#followIn(known, request);
    this.#askingLeader = true;
    this.#inFlight += 1;
    void storage
      .latestRange(request.feed)
      .then((range) => this.#followIn(range, request))
      .catch((error: unknown) => {
        failed(error);
        this.#refuse(request.id, "internal");
      })
      .finally(() => {
        this.#askingLeader = false;
        this.#settled();
      });
  }

  #followIn({ oldest, next }: FeedRange, { id, feed: number, from }: RequestOf<"follow">): void {
    if (this.#over) return;
    this.#unfollow(number);
    if (from > next) return this.#refuse(id, "position_beyond");
    const feed = this.#services.feeds.feed(number);
    this.#answer({ type: "following", id, feed: number, oldest, next, form: feed.form() });
    const follower = new Follower(feed, this, Math.max(from, oldest));
    this.#followers = new Map(this.#followers).set(number, follower);
    feed.add(follower);
    follower.advance();
  }

  #unfollow(number: number): void {
    const follower = this.#followers.get(number);
    if (follower === undefined) return;
    follower.stop();
    this.#services.feeds.feed(number).remove(follower);
    this.#followers = new Map([...this.#followers].filter(([other]) => other !== number));
  }
}

/** Shared by all connections that have none of their own. */
const NOTHING: Uint8Array[] = [];
const NO_FOLLOWERS: ReadonlyMap<number, Follower> = new Map();
