/**
 * Follows the feed of one store from where this device stands in it, over as many lines as it
 * takes. What it asks of the store does not depend on which cells were for this device.
 */
import { ENTRY_BYTES, type Entries, type Following, type Form, type Tags, type Welcome } from "@pli/protocol/wire";
import type { Context, Tx } from "../../runtime/context.ts";
import { PliError, isErrorCode } from "../../runtime/errors.ts";
import { DatabaseError } from "../../runtime/ports.ts";
import { FEED, type Follower, type StoreFacts } from "../port.ts";
import type { Link } from "../store/link.ts";
import type { Fetching } from "./fetching.ts";
import { createLineWork } from "./line-work.ts";
import { findPosition, savePosition, saveResume, type FeedPosition, type Point } from "./positions.table.ts";
import { createReader, tagAt } from "./reader.ts";
import type { Recent } from "./recent.ts";

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

export interface FeedFollowing extends Pick<StoreFacts, "isReady" | "end" | "form" | "catchUp" | "retentionDays"> {
  /** The store said hello on a new line. */
  welcomed(greeting: Welcome): void;
  /** The next entries of the feed. */
  fed(frame: Entries | Tags): void;
  /** The line is gone. */
  lost(): void;
  /** Resolves once what has come is read, and the place in the feed is saved. */
  close(): Promise<void>;
}

export function createFeedFollowing(
  context: Context,
  p: {
    store: string;
    link: Pick<Link, "follow" | "restart">;
    fetching: Fetching;
    recent: Recent;
    /** The store said hello, before this device's place in its feed is looked up. */
    greeted(tx: Tx, store: string, storeId: Uint8Array): Promise<void>;
    follower: Follower;
  },
): FeedFollowing {
  const { clock, crypto, live } = context;
  const { store, link, follower, fetching, recent } = p;
  const work = createLineWork(clock, (error) => link.restart(codeOf(error)));
  let welcome: Welcome | undefined;
  /** Where reading began on this line, and where the feed ended then. */
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

  const reader = createReader(context, {
    store,
    get: fetching.getNamed,
    arrived: follower.arrived,
    savePosition: async (tx, reached) => {
      if (welcome !== undefined) await savePosition(context, tx, { store, welcome, reached });
    },
  });

  function welcomed(greeting: Welcome): void {
    const mine = work.current();
    work.queue(async () => {
      if (mine === work.current()) await takePlace(greeting, mine);
    });
  }

  function fed(frame: Entries | Tags): void {
    if (!following || clock.closed) return;
    form = frame.type === "entries" ? "full" : "tags";
    feedEnd = Math.max(feedEnd, endOf(frame));
    recent.received(frame);
    received = endOf(frame);
    noteShown();
    waitingBytes += bytesOf(frame);
    const isMark = clock.steady() - markedAt >= RESUME_MS;
    if (isMark) markedAt = clock.steady();
    const [mine, place] = [work.current(), places];
    work.queue(() => read(frame, { mine, place, isMark }));
    if (waitingBytes > MAX_WAITING_BYTES) link.restart("store_busy");
  }

  async function read(
    frame: Entries | Tags,
    { mine, place, isMark }: { mine: number; place: number; isMark: boolean },
  ): Promise<void> {
    waitingBytes -= bytesOf(frame);
    recent.taken(frame);
    if (place !== places) return;
    if (!isWhereWeWere(frame)) return rewind(mine);
    if (!(await reader.read(frame)) && mine === work.current()) link.restart("store_lying");
    if (mine === work.current()) noteProgress();
    if (isMark) await keepResume();
  }

  function noteShown(): void {
    if (received >= again) fetching.shown();
  }

  /**
   * At a frame chosen when it came, not when it was read: how fast one reads says which cells were
   * for this device.
   */
  async function keepResume(): Promise<void> {
    const end = reader.end();
    if (end !== undefined) await context.transact((tx) => saveResume(tx, store, end));
  }

  async function takePlace(greeting: Welcome, mine: number): Promise<void> {
    await reader.save();
    const place = await context.transact(async (tx) => {
      await p.greeted(tx, store, greeting.storeId);
      return findPosition(context, tx, store, greeting);
    });
    const isSame = welcome !== undefined && crypto.equal(welcome.storeId, greeting.storeId);
    const resume = (isSame ? reader.end() : undefined) ?? place?.resume;
    const from = Math.max(0, (resume?.position ?? 0) - (isSame ? 1 : OVERLAP));
    following = true;
    places += 1;
    received = 0;
    const answer = await follow(link, from, place);
    if (mine !== work.current()) return;
    received = Math.max(received, answer.from, answer.oldest);
    again = Math.min(answer.next, resume?.position ?? answer.next);
    noteShown();
    await context.blockers.released(store);
    welcome = greeting;
    form = answer.form;
    start(Math.max(place === undefined ? answer.next - OVERLAP : answer.from, answer.oldest), answer.next);
    const missed = place === undefined ? undefined : missedSince(place, answer);
    known = missed === undefined ? [resume, place].flatMap((point) => entryBefore(point)) : [];
    const acted = missed === undefined ? Math.max(started, place?.position ?? 0) : started;
    if (missed !== undefined || known.length === 0) await begin(greeting, acted, missed);
    reader.place(started, acted);
    if (place === undefined && started > 0) await link.follow(FEED, started);
    noteProgress();
  }

  function start(from: number, until: number): void {
    started = from;
    target = until;
    feedEnd = until;
  }

  async function begin(greeting: Welcome, acted: number, missed: "expired" | "replaced" | undefined): Promise<void> {
    await context.transact(async (tx) => {
      if (missed !== undefined) await follower.missed(tx, store, missed);
      const [reached, resume] = [acted, started].map((position) => ({ position, before: undefined })) as [Point, Point];
      await savePosition(context, tx, { store, welcome: greeting, reached, resume });
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
    const answer = await followAll(link);
    if (mine !== work.current() || welcome === undefined) return;
    start(answer.oldest, answer.next);
    await begin(welcome, started, "replaced");
    reader.place(started, started);
    noteProgress();
  }

  function noteProgress(): void {
    live.touch(new Set(["status"]));
    if (ready || !following || reader.at() < target) return;
    ready = true;
    follower.ready(store);
  }

  function catchUp(): { done: number; total: number } | undefined {
    const behind = following && !ready && target > reader.at();
    return behind ? { done: Math.max(0, reader.at() - started), total: target - started } : undefined;
  }

  async function close(): Promise<void> {
    await work.done();
    await reader.save().catch(() => undefined);
    if (waitingBytes === 0) await keepResume().catch(() => undefined);
  }

  return {
    welcomed,
    fed,
    lost: () => {
      work.lost();
      ready = false;
      following = false;
    },
    close,
    retentionDays: () => welcome?.retentionDays,
    isReady: () => ready,
    end: () => feedEnd,
    form: () => form,
    catchUp,
  };
}

/**
 * A store that has less than this device has read was put back to an earlier state: it is read
 * again from the start.
 */
async function follow(link: Pick<Link, "follow">, from: number, place: FeedPosition | undefined): Promise<Followed> {
  const answer = await link.follow(FEED, from);
  if (answer !== "beyond" && (place === undefined || answer.next >= place.position))
    return { ...answer, from, rewound: false };
  return { ...(await followAll(link)), from: 0, rewound: true };
}

async function followAll(link: Pick<Link, "follow">): Promise<Following> {
  const answer = await link.follow(FEED, 0);
  if (answer === "beyond") throw new PliError("store_lying");
  return answer;
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

function missedSince(place: FeedPosition, answer: Followed): "expired" | "replaced" | undefined {
  if (place.replaced || answer.rewound) return "replaced";
  return answer.oldest > place.position ? "expired" : undefined;
}

function codeOf(error: unknown): PliError["code"] {
  if (error instanceof PliError) return error.code;
  return error instanceof DatabaseError && isErrorCode(error.code) ? error.code : "internal";
}
