import type { Message } from "./message.ts";
import type { FeedMessage } from "./tail.ts";

/** The feed as its followers read it. */
export interface FollowedFeed {
  /** The position after the newest entry. */
  end(): number;
  /** From memory. Undefined when the position is no longer there. */
  messageAt(position: number): FeedMessage | undefined;
  /** From storage. Undefined when there is nothing from `position` on. */
  readFrom(position: number): Promise<FeedMessage | undefined>;
  failed(error: unknown): void;
}

/** The line to the follower's client. */
export interface FollowerLine {
  isWritable(): boolean;
  send(message: Message): void;
}

/**
 * One reader of one feed. The store keeps nothing of it but a position. A follower that keeps up is
 * served from memory. A follower whose line is full is sent nothing, and one that falls behind the
 * memory is served from storage.
 */
export class Follower {
  readonly #feed: FollowedFeed;
  readonly #line: FollowerLine;
  #position: number;
  #reading = false;
  #stopped = false;

  constructor(feed: FollowedFeed, line: FollowerLine, from: number) {
    this.#feed = feed;
    this.#line = line;
    this.#position = from;
  }

  /** Call this when the line may be writable again, or the feed may have more. */
  advance(): void {
    while (!this.#reading && !this.#isIdle()) {
      const message = this.#feed.messageAt(this.#position);
      if (message === undefined) return void this.#readOn().catch((error: unknown) => this.#feed.failed(error));
      this.#give(message);
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  behind(): number {
    return this.#feed.end() - this.#position;
  }

  #isIdle(): boolean {
    return this.#stopped || this.behind() <= 0 || !this.#line.isWritable();
  }

  #give({ first, count, message }: FeedMessage): void {
    this.#position = first + count;
    this.#line.send(message);
  }

  async #readOn(): Promise<void> {
    this.#reading = true;
    try {
      const message = await this.#feed.readFrom(this.#position);
      if (this.#stopped || message === undefined) return;
      this.#give(message);
    } finally {
      this.#reading = false;
    }
    this.advance();
  }
}
