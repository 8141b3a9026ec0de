import { objectReader, type ChunkName } from "@pli/protocol/object";
import { labelKey, type Block, type Cell, type Entries, type Label, type Welcome } from "@pli/protocol/wire";
import type { Context, Unit } from "../core/context.ts";
import { PliError } from "../errors.ts";
import type { Dialer } from "../ports.ts";
import { bytesIn, numberIn } from "../storage/row.ts";
import { createLink, type Link, type TrafficMeter } from "../store/link.ts";
import type { Expectation } from "./expectations.ts";

/** The feed everybody uses until a store has several. */
export const FEED = 0;
/** Unmatched cells read before the position is saved again: what a crash makes us read twice. */
const SAVE_EVERY = 2048;
/** The newest cells of the feed, kept so that what follows a first chunk need not be asked for: 4 MiB. */
const RECENT = 1024;
/** Frames that wait to be read before the line is dropped and taken up again where reading stands. */
const MAX_WAITING_FRAMES = 128;
const DAY_MS = 86_400_000;

/** What the rest of the engine does with what a feed brings. */
export interface SessionHandlers {
  /** An expected cell, inside the transaction that also saves the position. */
  arrived(unit: Unit, expectation: Expectation, cell: Cell): Promise<void>;
  /** This device was away longer than the store keeps cells, or the store's data is another: some were missed. */
  missed(unit: Unit, store: string): Promise<void>;
  /** Before following: labels that depend on the date since this day (days since 1970) are expected again. */
  datesFrom(unit: Unit, store: string, day: number): Promise<void>;
  /** The line is up and everything stored so far has been read. */
  ready(store: string): void;
}

/** One store as the engine lives with it: the line, the place in its feed, what was fetched from it. */
export interface Session {
  readonly store: string;
  readonly link: Link;
  readonly welcome: () => Welcome | undefined;
  /** On line and caught up with the feed. */
  isReady(): boolean;
  catchUp(): { done: number; total: number } | undefined;
  /** A cell from the newest of the feed or from the store. */
  fetchCell(label: Label): Promise<Cell | undefined>;
  fetchObject(seed: Uint8Array, maxBytes: number): Promise<ObjectAnswer>;
  /** Does `work` until the line lets it finish; link errors wait for the next line. Rejects when the session closes. */
  whenOnline<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export type ObjectAnswer =
  | { readonly type: "object"; readonly bytes: Uint8Array }
  | { readonly type: "absent" }
  | { readonly type: "broken" };

export function createSession(
  context: Context,
  p: { store: string; dialer: Dialer; meter: TrafficMeter; handlers: SessionHandlers },
): Session {
  const { clock, crypto, expectations, live } = context;
  const { store, handlers } = p;
  const recent = new Map<string, Cell>();
  const onlineWaiters = new Set<(alive: boolean) => void>();
  let welcome: Welcome | undefined;
  let line = 0;
  let at = 0;
  let saved = 0;
  let started = 0;
  let target = 0;
  let following = false;
  let ready = false;
  let closed = false;
  let waitingFrames = 0;
  let reading: Promise<void> = Promise.resolve();

  const link = createLink({
    store,
    dialer: p.dialer,
    clock,
    meter: p.meter,
    random: () => randomFraction(crypto.random(4)),
    on: {
      welcomed: (greeting) => void welcomed(greeting),
      following: () => undefined,
      entries: (entries) => enqueue(entries),
      changed: () => {
        if (link.state().state !== "online") lineLost();
        live.touch(new Set(["status"]));
      },
    },
  });

  function lineLost(): void {
    line += 1;
    ready = false;
    following = false;
  }

  async function welcomed(greeting: Welcome): Promise<void> {
    welcome = greeting;
    const mine = line;
    for (const waiter of onlineWaiters) waiter(true);
    onlineWaiters.clear();
    try {
      await Promise.all(context.blockers);
      await reading;
      if (mine !== line || closed) return;
      await takePlace(greeting);
      if (mine === line) noteProgress();
    } catch (error) {
      if (mine === line && !closed) link.restart(error instanceof PliError ? error.code : "database_failed");
    }
  }

  /** Follows the feed from where this device stands in it. */
  async function takePlace(greeting: Welcome): Promise<void> {
    const place = await context.transact((unit) => savedPlace(unit, greeting));
    await context.transact((unit) => handlers.datesFrom(unit, store, place?.seenDay ?? today()));
    const from = place?.position ?? 0;
    at = from;
    following = true;
    const answer = await link.follow(FEED, from);
    const start = place === undefined ? answer.next : Math.max(from, answer.oldest);
    if (place !== undefined && answer.oldest > from) await context.transact((unit) => handlers.missed(unit, store));
    started = start;
    target = answer.next;
    if (start !== from) {
      at = start;
      await link.follow(FEED, start);
    }
    await context.transact((unit) => savePlace(unit, greeting));
  }

  async function savedPlace(unit: Unit, greeting: Welcome): Promise<{ position: number; seenDay: number } | undefined> {
    const [row] = await unit.sql.all("SELECT * FROM positions WHERE store = ? AND feed = ?", [store, FEED]);
    if (row === undefined) return undefined;
    const place = { position: numberIn(row, "position"), seenDay: numberIn(row, "seen_day") };
    if (crypto.equal(bytesIn(row, "store_id"), greeting.storeId)) return place;
    await handlers.missed(unit, store);
    return { ...place, position: 0 };
  }

  async function savePlace(unit: Unit, greeting = welcome): Promise<void> {
    if (greeting === undefined) return;
    await unit.sql.run("INSERT OR REPLACE INTO positions VALUES (?, ?, ?, ?, ?, ?)", [
      store,
      FEED,
      at,
      greeting.storeId,
      greeting.retentionDays,
      today(),
    ]);
    saved = at;
  }

  function today(): number {
    return Math.floor(clock.now() / DAY_MS);
  }

  function enqueue(frame: Entries): void {
    if (!following || closed) return;
    waitingFrames += 1;
    if (waitingFrames > MAX_WAITING_FRAMES) {
      link.restart("store_busy");
    }
    const mine = line;
    reading = reading
      .then(() => (mine === line && !closed ? read(frame) : undefined))
      .catch(() => {
        if (mine === line && !closed) link.restart("database_failed");
      })
      .finally(() => {
        waitingFrames -= 1;
      });
  }

  /** Reads a frame in order: what is not expected is passed over, what is expected is acted on and saved. */
  async function read(frame: Entries): Promise<void> {
    if (frame.first > at) return link.restart("store_lying");
    for (const { label, cell } of frame.entries) noteRecent(label, cell);
    const end = frame.first + frame.entries.length;
    const mine = line;
    while (at < end) {
      passUnexpected(frame, end);
      if (at < end) await context.transact((unit) => readExpected(unit, frame, end));
      while (context.blockers.length > 0) await Promise.all(context.blockers);
      if (mine !== line) return;
    }
    if (at - saved >= SAVE_EVERY) await context.transact((unit) => savePlace(unit));
    noteProgress();
  }

  function passUnexpected(frame: Entries, end: number): void {
    while (at < end && expectationAt(frame) === undefined) at += 1;
  }

  /** Acts on expected cells until one has work that the feed must wait for. */
  async function readExpected(unit: Unit, frame: Entries, end: number): Promise<void> {
    const from = at;
    let blocked = false;
    const watching: Unit = {
      ...unit,
      before: (work) => {
        blocked = true;
        unit.before(work);
      },
    };
    try {
      for (; at < end && !blocked; at += 1) {
        const expectation = expectationAt(frame);
        const entry = frame.entries[at - frame.first];
        if (expectation !== undefined && entry !== undefined) await handlers.arrived(watching, expectation, entry.cell);
      }
      await savePlace(unit);
    } catch (error) {
      at = from;
      throw error;
    }
  }

  function expectationAt(frame: Entries): Expectation | undefined {
    const entry = frame.entries[at - frame.first];
    return entry === undefined ? undefined : expectations.find(entry.label);
  }

  function noteRecent(label: Label, cell: Cell): void {
    recent.set(labelKey(label), cell);
    const oldest = recent.keys().next();
    if (recent.size > RECENT && oldest.done !== true) recent.delete(oldest.value);
  }

  function noteProgress(): void {
    if (ready || at < target) return live.touch(new Set(["status"]));
    ready = true;
    live.touch(new Set(["status"]));
    handlers.ready(store);
  }

  async function fetchCell(label: Label): Promise<Cell | undefined> {
    return recent.get(labelKey(label)) ?? link.get(label);
  }

  function fetchChunk(chunk: ChunkName): Promise<Cell | Block | undefined> {
    return chunk.kind === "cell" ? fetchCell(chunk.label) : link.getBlock(chunk.label);
  }

  async function fetchObject(seed: Uint8Array, maxBytes: number): Promise<ObjectAnswer> {
    const reader = objectReader(crypto, seed, FEED, maxBytes);
    let wanted: readonly ChunkName[] = [reader.first];
    for (;;) {
      const chunks = await Promise.all(wanted.map(async (chunk) => ({ ...chunk, bytes: await fetchChunk(chunk) })));
      wanted = [];
      for (const { kind, label, bytes } of chunks) {
        if (bytes === undefined) return { type: "absent" };
        const progress = reader.accept(kind, label, bytes);
        if (!progress.ok) return { type: "broken" };
        if ("done" in progress.value) return { type: "object", bytes: progress.value.done };
        if (progress.value.wanted.length > 0) wanted = progress.value.wanted;
      }
      if (wanted.length === 0) return { type: "broken" };
    }
  }

  async function whenOnline<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      if (link.state().state === "online") {
        try {
          return await work();
        } catch (error) {
          if (!(error instanceof PliError) || link.state().state === "online") throw error;
        }
      }
      const alive = await new Promise<boolean>((resolve) => onlineWaiters.add(resolve));
      if (!alive) throw new PliError("engine_gone");
    }
  }

  return {
    store,
    link,
    welcome: () => welcome,
    isReady: () => ready,
    catchUp: () => (following && !ready && target > at ? { done: at - started, total: target - started } : undefined),
    fetchCell,
    fetchObject,
    whenOnline,
    close: async () => {
      closed = true;
      link.close();
      for (const waiter of onlineWaiters) waiter(false);
      onlineWaiters.clear();
      await reading;
      if (at > saved) await context.transact((unit) => savePlace(unit)).catch(() => undefined);
    },
  };
}

function randomFraction(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => sum * 256 + byte, 0) / 2 ** 32;
}
