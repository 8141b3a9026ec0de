import type { Clock, SocketEvents } from "@pli/engine/ports";
import {
  type Answer,
  encodeAnswer,
  type Entry,
  feedOf,
  type Form,
  frameId,
  labelKey,
  MAX_ENTRIES,
  MAX_REQUEST_BYTES,
  parseRequest,
  type Request,
  tagOf,
} from "@pli/protocol/wire";
import type { Knobs, Weather } from "./memory-knobs.ts";
import type { MemoryTable } from "./memory-table.ts";
import { Pipe } from "./pipe.ts";

type Ask<T extends Request["type"]> = Extract<Request, { type: T }>;

/** The store behind a line: what it holds, how it behaves, and who else follows it. */
export interface LineStore {
  readonly clock: Clock;
  readonly knobs: Knobs;
  readonly weather: Weather | undefined;
  readonly table: MemoryTable;
  readonly storeId: Uint8Array;
  /** Requests seen since the start, by type. */
  readonly seen: Record<Request["type"] | "dial", number>;
  readonly lines: Set<MemoryLine>;
  tellFollowers(feed: number): void;
}

/** One connection of a client to a MemoryStore. */
export class MemoryLine {
  readonly #store: LineStore;
  readonly #events: SocketEvents;
  readonly #up: Pipe;
  readonly #down: Pipe;
  /** Feed to the position it has been sent up to. */
  readonly #following = new Map<number, number>();
  #open = false;
  #over = false;
  #greeted = false;

  constructor(store: LineStore, events: SocketEvents, reachable: boolean) {
    this.#store = store;
    this.#events = events;
    const delay = (): number => store.knobs.delayMs + (store.weather?.delay() ?? 0);
    this.#up = new Pipe(store.clock, delay, (frame) => this.#receive(frame));
    this.#down = new Pipe(store.clock, delay, (frame) => {
      if (!this.#over) events.received(frame);
    });
    queueMicrotask(() => (reachable ? this.#accept() : this.close()));
  }

  send(frame: Uint8Array): void {
    if (!this.#over) this.#up.send(frame);
  }

  /** Either end, or the network, ends it: the client hears `closed` once, after this call. */
  close(): void {
    if (this.#over) return;
    this.#over = true;
    this.#store.lines.delete(this);
    queueMicrotask(() => this.#events.closed());
  }

  /** A cell joined the feed. */
  live(feed: number): void {
    const from = this.#following.get(feed);
    if (from !== undefined) this.#catchUp(feed, from);
  }

  #accept(): void {
    if (this.#over) return;
    this.#open = true;
    this.#store.lines.add(this);
    this.#events.opened();
  }

  #answer(answer: Answer): void {
    this.#down.send(encodeAnswer(answer));
  }

  /** Answers to puts and gets belong to their request by its number: their order tells nothing. */
  #answerAsked(answer: Answer): void {
    const { copies, late } = this.#store.weather?.answer() ?? { copies: 1, late: 0 };
    for (let copy = 0; copy < copies; copy++) {
      if (late === 0) this.#answer(answer);
      else this.#store.clock.after(late, () => this.#answer(answer));
    }
  }

  #receive(frame: Uint8Array): void {
    if (this.#over || !this.#open) return;
    const request = parseRequest(frame);
    if (!request.ok) return this.#answer({ type: "error", id: frameId(frame), code: request.error });
    this.#store.seen[request.value.type] += 1;
    if (request.value.type === "hello") return this.#hello(request.value);
    if (!this.#greeted) return this.#answer({ type: "error", id: request.value.id, code: "hello_expected" });
    const refusal = this.#store.knobs.refuseAll;
    if (refusal !== undefined) return this.#answer({ type: "error", id: request.value.id, code: refusal });
    const fate = this.#store.weather?.request() ?? "usual";
    if (fate === "cut") return this.close();
    if (fate === "lost") return;
    this.#act(request.value);
  }

  #act(request: Exclude<Request, { type: "hello" }>): void {
    switch (request.type) {
      case "put":
      case "putBlock":
        return this.#put(request);
      case "get":
      case "getBlock":
        return this.#get(request);
      case "follow":
        return this.#follow(request);
      case "unfollow":
        this.#following.delete(request.feed);
    }
  }

  #hello(request: Ask<"hello">): void {
    const { knobs, storeId, clock } = this.#store;
    if (this.#greeted) return this.#answer({ type: "error", id: request.id, code: "hello_expected" });
    if (request.minVersion > knobs.version || request.maxVersion < knobs.version) {
      return this.#answer({ type: "error", id: request.id, code: "unsupported_version" });
    }
    this.#greeted = true;
    this.#answer({
      type: "welcome",
      id: request.id,
      version: knobs.version,
      storeId,
      now: Math.floor(clock.now() / 1000) + knobs.clockAhead,
      retentionDays: knobs.retentionDays,
      maxFrame: MAX_REQUEST_BYTES,
      software: "memory",
    });
  }

  #put(request: Ask<"put" | "putBlock">): void {
    const { knobs } = this.#store;
    if (knobs.losePuts > 0) return void (knobs.losePuts -= 1);
    if (knobs.refusePuts !== undefined) {
      return this.#answer({ type: "error", id: request.id, code: knobs.refusePuts });
    }
    const stored = this.#store.table.put(request);
    if (stored === undefined) return this.#answer({ type: "error", id: request.id, code: "unknown_feed" });
    this.#tell(request.id, stored.outcome);
    if (stored.entry !== undefined) this.#store.tellFollowers(feedOf(request.label));
  }

  #tell(id: number, outcome: "created" | "taken"): void {
    const { knobs } = this.#store;
    if (knobs.cutAfterPuts !== undefined) {
      knobs.cutAfterPuts -= 1;
      if (knobs.cutAfterPuts <= 0) {
        knobs.cutAfterPuts = undefined;
        return this.close();
      }
    }
    if (knobs.loseAnswers > 0) return void (knobs.loseAnswers -= 1);
    this.#answerAsked({ type: "stored", id, outcome });
  }

  #get({ type, id, label }: Ask<"get" | "getBlock">): void {
    const key = labelKey(label);
    if (type === "get") {
      const cell = this.#store.table.cells.get(key);
      return this.#answerAsked(
        cell ? { type: "found", id, kind: "cell", bytes: this.#told(cell) } : { type: "absent", id },
      );
    }
    const block = this.#store.table.blocks.get(key);
    this.#answerAsked(block ? { type: "found", id, kind: "block", bytes: this.#told(block) } : { type: "absent", id });
  }

  #follow({ id, feed, from }: Ask<"follow">): void {
    const range = this.#store.table.range(feed);
    if (range === undefined) return this.#answer({ type: "error", id, code: "unknown_feed" });
    if (from > range.next) return this.#answer({ type: "error", id, code: "position_beyond" });
    this.#answer({ type: "following", id, feed, ...range, form: this.#store.knobs.form });
    this.#catchUp(feed, Math.max(from, range.oldest));
  }

  #catchUp(feed: number, from: number): void {
    const { form } = this.#store.knobs;
    let position = from;
    for (;;) {
      const entries = this.#store.table.read(feed, position, MAX_ENTRIES[form]);
      if (entries.length === 0) break;
      this.#answer(this.#frameOf(form, feed, position, entries));
      position += entries.length;
    }
    this.#following.set(feed, position);
  }

  #frameOf(form: Form, feed: number, first: number, entries: readonly Entry[]): Answer {
    if (form === "tags") return { type: "tags", id: 0, feed, first, tags: entries.map(({ label }) => tagOf(label)) };
    return { type: "entries", id: 0, feed, first, entries: entries.map((one) => this.#toldEntry(one)) };
  }

  #toldEntry = ({ label, cell }: Entry): Entry => ({ label, cell: this.#told(cell) });

  /** The bytes as they are, or others when the store lies. */
  #told<T extends Uint8Array>(bytes: T): T {
    return this.#store.knobs.lying ? (bytes.map((byte) => byte ^ 0x55) as T) : bytes;
  }
}
