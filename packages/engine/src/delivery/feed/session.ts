import {
  ENTRY_BYTES,
  type Cell,
  type Entries,
  type Following,
  type Form,
  type Tags,
  type Welcome,
} from "@pli/protocol/wire";
import { fractionFrom } from "../../runtime/chance.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { PliError, isErrorCode } from "../../runtime/errors.ts";
import { DatabaseError, type Dialer } from "../../runtime/ports.ts";
import { createLink, type Link, type TrafficMeter } from "../store/link.ts";
import type { Expectation } from "./expectations.ts";
import { createFetching, FEED, type Fetching } from "./fetching.ts";
import { findPlace, savePlace, saveResume, type Place, type Point } from "./places.ts";
import { createReader, tagAt } from "./reader.ts";
import { createRecent } from "./recent.ts";

/**
 * What waits to be read before the line is dropped and taken up again where reading stands: the
 * store sees that.
 */
const MAX_WAITING_BYTES = 64 * 1024 * 1024;
/**
 * Entries that a client asks for again when it is started: what it may be asked about, of what it
 * had read before.
 */
const OVERLAP = 128;
/**
 * How often it is saved from where the feed will be asked for again: so much of it a crash makes us
 * read twice.
 */
const RESUME_MS = 60_000;

/** What the rest of the engine does with what a feed brings. */
export interface SessionHandlers {
  /** The store said hello, before this device's place in its feed is looked up. */
  greeted(tx: Tx, store: string, storeId: Uint8Array): Promise<void>;
  /** An expected cell, inside the transaction that also saves the position. */
  arrived(tx: Tx, expectation: Expectation, cell: Cell): Promise<void>;
  /**
   * Cells were missed: this device was away longer than the store keeps them, or the store's data
   * is another.
   */
  missed(tx: Tx, store: string, why: "expired" | "replaced"): Promise<void>;
  /** The line is up and everything stored so far has been read. */
  ready(store: string): void;
}

/**
 * One store as the engine lives with it: the line, the place in its feed, what was fetched from it.
 */
export interface Session extends Pick<Fetching, "cellAt" | "fetchObject" | "whenOnline"> {
  readonly store: string;
  readonly link: Link;
  readonly welcome: () => Welcome | undefined;
  /** This device's clock minus the store's when it said hello, in seconds. */
  skew(): number;
  /**
   * The same by now, as far as is known: while the line lasts, moved as much as this clock was
   * since. Undefined while the store has not answered the first call yet; 0 when it did not.
   */
  clockOff(): number | undefined;
  /** On line and caught up with the feed. */
  isReady(): boolean;
  /** The position at which the feed ends, as far as the store has told: the same for everybody. */
  end(): number;
  /** In which form the feed came last; undefined: none did yet. */
  form(): Form | undefined;
  catchUp(): { done: number; total: number } | undefined;
  close(): Promise<void>;
}

export function createSession(
  context: Context,
  p: { store: string; isHome: boolean; dialer: Dialer; meter: TrafficMeter; handlers: SessionHandlers },
): Session {
  const { clock, crypto, live } = context;
  const { store, handlers } = p;
  let welcome: Welcome | undefined;
  let skew = 0;
  /** How far this device's time of day was ahead of its steady time then. */
  let ahead: number | undefined;
  const aheadNow = (): number => clock.now() - clock.steady();
  /** Counts the lines: what belongs to an earlier one does nothing. */
  let line = 0;
  let started = 0;
  let target = 0;
  let following = false;
  let ready = false;
  let waitingBytes = 0;
  /**
   * How far the feed has come on this line, and how far it comes with what had been read before the
   * start.
   */
  let received = 0;
  let again = Number.POSITIVE_INFINITY;
  /** Counts the places taken: frames from an earlier one are not read. */
  let places = 0;
  /** The entries that must stand where reading stopped last time. */
  let known: readonly { readonly position: number; readonly tag: number }[] = [];
  let markedAt = Number.NEGATIVE_INFINITY;
  let form: Form | undefined;
  let feedEnd = 0;
  let reading: Promise<void> = Promise.resolve();

  const recent = createRecent();
  const fetching = createFetching(context, { recent, link: () => link });
  const reader = createReader(context, {
    store,
    get: fetching.getNamed,
    arrived: handlers.arrived,
    savePlace: async (tx, reached) => {
      if (welcome !== undefined) await savePlace(context, tx, { store, welcome, reached });
    },
  });
  const link: Link = createLink({
    store,
    isHome: p.isHome,
    dialer: p.dialer,
    clock,
    meter: p.meter,
    random: () => fractionFrom(crypto.random(4)),
    on: { welcomed, fed: enqueue, changed: lineChanged },
  });

  function lineChanged(): void {
    if (link.state().state !== "online") {
      line += 1;
      ready = false;
      following = false;
    }
    live.touch(new Set(["status"]));
  }

  function welcomed(greeting: Welcome): void {
    const mine = line;
    skew = Math.round(clock.now() / 1000) - greeting.now;
    ahead = aheadNow();
    fetching.online();
    queue(mine, async () => {
      if (mine === line) await takePlace(greeting, mine);
    });
  }

  function enqueue(frame: Entries | Tags): void {
    if (!following || clock.closed) return;
    form = frame.type === "entries" ? "full" : "tags";
    feedEnd = Math.max(feedEnd, endOf(frame));
    const mine = line;
    const place = places;
    recent.received(frame);
    received = endOf(frame);
    noteShown();
    waitingBytes += bytesOf(frame);
    const isMark = clock.steady() - markedAt >= RESUME_MS;
    if (isMark) markedAt = clock.steady();
    queue(mine, async () => {
      waitingBytes -= bytesOf(frame);
      recent.taken(frame);
      if (place !== places) return;
      if (!isWhereWeWere(frame)) return rewind(mine);
      if (!(await reader.read(frame)) && mine === line) link.restart("store_lying");
      if (mine === line) noteProgress();
      if (isMark) await keepResume();
    });
    if (waitingBytes > MAX_WAITING_BYTES) link.restart("store_busy");
  }

  function noteShown(): void {
    if (received >= again) fetching.shown();
  }

  /**
   * Frames and places one after the other: what came on an earlier line is read before the place on
   * the next is taken.
   */
  function queue(mine: number, work: () => Promise<void>): void {
    reading = reading
      .then(() => (clock.closed ? undefined : work()))
      .catch((error: unknown) => {
        if (mine === line && !clock.closed) link.restart(codeOf(error));
      });
  }

  /**
   * At a frame chosen when it came, not when it was read: how fast one reads says which cells were
   * for this device.
   */
  async function keepResume(): Promise<void> {
    const end = reader.end();
    if (end !== undefined) await context.transact((tx) => saveResume(tx, store, end));
  }

  /**
   * Follows the feed from where this device stands in it. What it tells the store does not depend
   * on what was for it there.
   */
  async function takePlace(greeting: Welcome, mine: number): Promise<void> {
    await reader.save();
    const place = await context.transact(async (tx) => {
      await handlers.greeted(tx, store, greeting.storeId);
      return findPlace(context, tx, store, greeting);
    });
    const isSame = welcome !== undefined && crypto.equal(welcome.storeId, greeting.storeId);
    const resume = (isSame ? reader.end() : undefined) ?? place?.resume;
    const from = Math.max(0, (resume?.position ?? 0) - (isSame ? 1 : OVERLAP));
    following = true;
    places += 1;
    received = 0;
    const answer = await follow(from, place);
    if (mine !== line) return;
    received = Math.max(received, answer.from, answer.oldest);
    again = Math.min(answer.next, resume?.position ?? answer.next);
    noteShown();
    await context.blockers.released(store);
    welcome = greeting;
    form = answer.form;
    started = Math.max(place === undefined ? answer.next - OVERLAP : answer.from, answer.oldest);
    target = answer.next;
    feedEnd = answer.next;
    const missed = place === undefined ? undefined : missedSince(place, answer);
    known = missed === undefined ? [resume, place].flatMap((point) => entryBefore(point)) : [];
    const acted = missed === undefined ? Math.max(started, place?.position ?? 0) : started;
    if (missed !== undefined || known.length === 0) await begin(greeting, acted, missed);
    reader.place(started, acted);
    if (place === undefined && started > 0) await link.follow(FEED, started);
    noteProgress();
  }

  async function begin(greeting: Welcome, acted: number, missed: "expired" | "replaced" | undefined): Promise<void> {
    await context.transact(async (tx) => {
      if (missed !== undefined) await handlers.missed(tx, store, missed);
      const [reached, resume] = [acted, started].map((position) => ({ position, before: undefined })) as [Point, Point];
      await savePlace(context, tx, { store, welcome: greeting, reached, resume });
    });
  }

  /** Whether the feed has the same entry as before where reading stopped. */
  function isWhereWeWere(frame: Entries | Tags): boolean {
    const isSame = known.every(({ position, tag }) => [undefined, tag].includes(tagAt(frame, position)));
    known = known.filter(({ position }) => tagAt(frame, position) === undefined && position > frame.first);
    return isSame;
  }

  /**
   * The store was put back to an earlier state and has grown since: it is read again from the
   * start.
   */
  async function rewind(mine: number): Promise<void> {
    places += 1;
    ready = false;
    const answer = await followAll();
    if (mine !== line || welcome === undefined) return;
    started = answer.oldest;
    target = answer.next;
    feedEnd = answer.next;
    await begin(welcome, started, "replaced");
    reader.place(started, started);
    noteProgress();
  }

  /**
   * A store that has less than this device has read was put back to an earlier state: it is read
   * again from the start.
   */
  async function follow(from: number, place: Place | undefined): Promise<Followed> {
    const answer = await link.follow(FEED, from);
    if (answer !== "beyond" && (place === undefined || answer.next >= place.position))
      return { ...answer, from, rewound: false };
    return { ...(await followAll()), from: 0, rewound: true };
  }

  async function followAll(): Promise<Following> {
    const answer = await link.follow(FEED, 0);
    if (answer === "beyond") throw new PliError("store_lying");
    return answer;
  }

  function noteProgress(): void {
    live.touch(new Set(["status"]));
    if (ready || !following || reader.at() < target) return;
    ready = true;
    handlers.ready(store);
  }

  function clockOff(): number | undefined {
    const { state, error } = link.state();
    if (ahead === undefined) return error === undefined ? undefined : 0;
    return state === "online" ? skew + Math.round((aheadNow() - ahead) / 1000) : skew;
  }

  return {
    store,
    link,
    welcome: () => welcome,
    skew: () => skew,
    clockOff,
    isReady: () => ready,
    end: () => feedEnd,
    form: () => form,
    catchUp: () => {
      const behind = following && !ready && target > reader.at();
      return behind ? { done: Math.max(0, reader.at() - started), total: target - started } : undefined;
    },
    cellAt: fetching.cellAt,
    fetchObject: fetching.fetchObject,
    whenOnline: fetching.whenOnline,
    close: async () => {
      link.close();
      fetching.close();
      await reading;
      await reader.save().catch(() => undefined);
      if (waitingBytes === 0) await keepResume().catch(() => undefined);
    },
  };
}

const endOf = (frame: Entries | Tags): number =>
  frame.first + (frame.type === "entries" ? frame.entries : frame.tags).length;

const bytesOf = (frame: Entries | Tags): number =>
  frame.type === "entries" ? frame.entries.length * ENTRY_BYTES.full : frame.tags.length * ENTRY_BYTES.tags;

interface Followed {
  readonly form: Form;
  readonly from: number;
  readonly oldest: number;
  readonly next: number;
  readonly rewound: boolean;
}

/** What is known to stand before a point, where it is. */
const entryBefore = (point: Point | undefined): { position: number; tag: number }[] =>
  point?.before === undefined ? [] : [{ position: point.position - 1, tag: point.before }];

function missedSince(place: Place, answer: Followed): "expired" | "replaced" | undefined {
  if (place.replaced || answer.rewound) return "replaced";
  return answer.oldest > place.position ? "expired" : undefined;
}

function codeOf(error: unknown): PliError["code"] {
  if (error instanceof PliError) return error.code;
  return error instanceof DatabaseError && isErrorCode(error.code) ? error.code : "internal";
}
