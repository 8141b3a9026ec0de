import type { Clock, Dialer, Socket, SocketEvents } from "@pli/engine/ports";
import { type Entry, feedOf, type Form, WIRE_PATH, WIRE_SUBPROTOCOL } from "@pli/protocol/wire";
import type { Knobs, Weather } from "./memory-knobs.ts";
import { MemoryLine, type LineStore } from "./memory-line.ts";
import { MemoryTable, type Put } from "./memory-table.ts";

/**
 * A store in memory that speaks the real frames: the Dialer port of any number of clients, each
 * with a connection of its own. Frames and events arrive after the call that caused them, never
 * within it.
 */
export class MemoryStore implements Dialer, LineStore {
  /** The form that stores made from now on give their feeds in. */
  static formAtStart: Form = "full";
  readonly origin: string;
  readonly clock: Clock;
  readonly knobs: Knobs = {
    down: false,
    delayMs: 0,
    refusePuts: undefined,
    refuseAll: undefined,
    lying: false,
    loseAnswers: 0,
    losePuts: 0,
    cutAfterPuts: undefined,
    form: MemoryStore.formAtStart,
    clockAhead: 0,
    retentionDays: 30,
    version: 1,
  };
  weather: Weather | undefined;
  /** What it holds; a label as a key is `labelKey(label)`. */
  table: MemoryTable;
  storeId: Uint8Array;
  /** Requests seen since the start, by type. */
  readonly seen = { dial: 0, hello: 0, put: 0, putBlock: 0, get: 0, getBlock: 0, follow: 0, unfollow: 0 };
  readonly lines = new Set<MemoryLine>();
  readonly #feeds: readonly number[];
  #generation = 0;

  constructor(p: { clock: Clock; origin?: string; feeds?: readonly number[] }) {
    this.clock = p.clock;
    this.origin = p.origin ?? "http://127.0.0.1:7540";
    this.#feeds = p.feeds ?? [0];
    this.table = new MemoryTable(this.#feeds);
    this.storeId = idFrom(this.origin, 0);
  }

  dial(url: string, protocol: string, events: SocketEvents): Socket {
    this.seen.dial += 1;
    const reachable = url === this.origin.replace(/^http/, "ws") + WIRE_PATH && protocol === WIRE_SUBPROTOCOL;
    const line = new MemoryLine(this, events, reachable && !this.knobs.down);
    return { send: (frame) => line.send(frame), close: () => line.close() };
  }

  /**
   * Puts bytes without a connection, as if there were one; followers get them.
   */
  put(request: Put): "created" | "taken" | undefined {
    const stored = this.table.put(request);
    if (stored?.entry !== undefined) this.tellFollowers(feedOf(request.label));
    return stored?.outcome;
  }

  /** A cell joined the feed. */
  tellFollowers(feed: number): void {
    for (const line of this.lines) line.live(feed);
  }

  /** Closes every connection; clients may dial again at once. */
  cut(): void {
    for (const line of this.lines) line.close();
  }

  takeDown(): void {
    this.knobs.down = true;
    this.cut();
  }

  bringUp(): void {
    this.knobs.down = false;
  }

  /** Another store behind the same address: nothing of the old one is there, and its id is new. */
  replace(): void {
    this.restore(new MemoryTable(this.#feeds));
  }

  /**
   * What it held when `copy` was made, positions as they were then, under a new id: a store made
   * from a back-up.
   */
  restore(copy: MemoryTable): void {
    this.#generation += 1;
    this.storeId = idFrom(this.origin, this.#generation);
    this.rollBack(copy);
  }

  /** What it held when `copy` was made, and it says nothing of that: its id is the same. */
  rollBack(copy: MemoryTable): void {
    this.table = copy.copy();
    this.cut();
  }

  /** Its data goes to another address, and it with it: nobody answers at this one any more. */
  moveTo(origin: string): MemoryStore {
    const there = this.copyTo(origin);
    this.takeDown();
    return there;
  }

  /** A copy of its data that runs at another address, as the same store. */
  copyTo(origin: string): MemoryStore {
    const copy = new MemoryStore({ clock: this.clock, origin, feeds: this.#feeds });
    copy.storeId = this.storeId;
    copy.table = this.table.copy();
    return copy;
  }

  /** Retention passes: all entries of the feed before this position are gone. */
  expireBefore(position: number, feed = 0): void {
    this.table.expireBefore(feed, position);
  }

  /** Cells accepted so far in a feed: the position of the next. */
  next(feed = 0): number {
    return this.table.range(feed)?.next ?? 0;
  }

  /** All that is kept in a feed, in order. */
  entries(feed = 0): Entry[] {
    const range = this.table.range(feed);
    return range === undefined ? [] : this.table.read(feed, range.oldest, range.next - range.oldest);
  }
}

/** 16 bytes that another address, or the same one with other data, does not have. */
function idFrom(origin: string, generation: number): Uint8Array {
  const id = new Uint8Array(16).fill(generation);
  for (const [i, char] of [...origin].entries()) id[i % 15] = ((id[i % 15] ?? 0) * 31 + char.charCodeAt(0)) & 0xff;
  return id;
}
