import type { Message } from "./message.ts";
import type { FeedMessage } from "./tail.ts";

/** The feed as its followers read it. */
export interface FollowedFeed {
  /** The position after the newest entry. */
  end(): number;
  /** From memory; undefined for what is no longer there. */
  messageAt(position: number): FeedMessage | undefined;
  /** From the storage; undefined when it has nothing from `position` on. */
  readFrom(position: number): Promise<FeedMessage | undefined>;
  failed(error: unknown): void;
}

/** The line of the follower's client. */
export interface FollowerLine {
  hasRoom(): boolean;
  send(message: Message): void;
}

/**
 * One reader of one feed, of which nothing is kept but its position. While it keeps up it is sent
 * what is in memory; while its line has no room it is sent nothing, and what has left the memory
 * meanwhile it is read from the storage.
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

  /** There may be room on the line, or more in the feed. */
  advance(): void {
    while (!this.#reading && !this.#idle()) {
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

  #idle(): boolean {
    return this.#stopped || this.behind() <= 0 || !this.#line.hasRoom();
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
