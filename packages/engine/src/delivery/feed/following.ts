/**
 * Follows the feed of one store from where this device stands in it, over as many lines as it
 * takes. What it asks of the store does not depend on which cells were for this device.
 */
import type { Entries, Following, Form, Tags, Welcome } from "@pli/protocol/wire";
import type { Context, Tx } from "../../runtime/context.ts";
import { PliError, isErrorCode } from "../../runtime/errors.ts";
import { DatabaseError } from "../../runtime/ports.ts";
import { FEED, type Follower, type StoreFacts } from "../port.ts";
import type { Link } from "../store/link.ts";
import { bytesOf, createFeedProgress } from "./feed-progress.ts";
import type { Fetching } from "./fetching.ts";
import { createKnownEntries } from "./known-entries.ts";
import { createLineWork } from "./line-work.ts";
import { findPosition, savePosition, saveResume, type FeedPosition, type Point } from "./positions.table.ts";
import { createReader } from "./reader.ts";
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
  deps: {
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
  const { store, link, follower, fetching, recent } = deps;
  const work = createLineWork(clock, (error) => link.restart(codeOf(error)));
  let welcome: Welcome | undefined;
  let waitingBytes = 0;
  /** Counts the places taken: frames from an earlier one are not read. */
  let places = 0;
  const known = createKnownEntries();
  let markedAt = Number.NEGATIVE_INFINITY;

  const reader = createReader(context, {
    store,
    get: fetching.getNamed,
    arrived: follower.arrived,
    savePosition: async (tx, reached) => {
      if (welcome !== undefined) await savePosition(context, tx, { store, welcome, reached });
    },
  });

  const progress = createFeedProgress({ reader, fetching, live, ready: () => follower.ready(store) });

  function welcomed(greeting: Welcome): void {
    const mine = work.current();
    work.queue(async () => {
      if (mine === work.current()) await takePlace(greeting, mine);
    });
  }

  function fed(frame: Entries | Tags): void {
    if (!progress.isFollowing() || clock.closed) return;
    recent.received(frame);
    progress.came(frame);
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
    if (!known.match(frame)) return rewind(mine);
    if (!(await reader.read(frame)) && mine === work.current()) link.restart("store_lying");
    if (mine === work.current()) progress.noteRead();
    if (isMark) await keepResume();
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
      await deps.greeted(tx, store, greeting.storeId);
      return findPosition(context, tx, store, greeting);
    });
    const isSame = welcome !== undefined && crypto.equal(welcome.storeId, greeting.storeId);
    const resume = (isSame ? reader.end() : undefined) ?? place?.resume;
    const from = Math.max(0, (resume?.position ?? 0) - (isSame ? 1 : OVERLAP));
    progress.follow();
    places += 1;
    const answer = await follow(link, from, place);
    if (mine !== work.current()) return;
    progress.answer(Math.max(answer.from, answer.oldest), Math.min(answer.next, resume?.position ?? answer.next));
    await context.blockers.released(store);
    welcome = greeting;
    const started = Math.max(place === undefined ? answer.next - OVERLAP : answer.from, answer.oldest);
    progress.start(started, answer.next, answer.form);
    const missed = place === undefined ? undefined : missedSince(place, answer);
    known.set(missed === undefined ? [resume, place] : []);
    const acted = missed === undefined ? Math.max(started, place?.position ?? 0) : started;
    if (missed !== undefined || known.isEmpty()) await begin(greeting, acted, missed);
    reader.place(started, acted);
    if (place === undefined && started > 0) await link.follow(FEED, started);
    progress.noteRead();
  }

  async function begin(greeting: Welcome, acted: number, missed: "expired" | "replaced" | undefined): Promise<void> {
    await context.transact(async (tx) => {
      if (missed !== undefined) await follower.missed(tx, store, missed);
      const [reached, resume] = [pointAt(acted), pointAt(progress.startedAt())];
      await savePosition(context, tx, { store, welcome: greeting, reached, resume });
    });
  }

  /**
   * The store was put back to an earlier state and has grown since: it is read again from the
   * start.
   */
  async function rewind(mine: number): Promise<void> {
    places += 1;
    progress.rewind();
    const answer = await followAll(link);
    if (mine !== work.current() || welcome === undefined) return;
    progress.start(answer.oldest, answer.next);
    await begin(welcome, answer.oldest, "replaced");
    reader.place(answer.oldest, answer.oldest);
    progress.noteRead();
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
      progress.lose();
    },
    close,
    retentionDays: () => welcome?.retentionDays,
    isReady: progress.isReady,
    end: progress.end,
    form: progress.form,
    catchUp: progress.catchUp,
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

interface Followed {
  readonly form: Form;
  readonly from: number;
  readonly oldest: number;
  readonly next: number;
  readonly rewound: boolean;
}

/** What stands before it is not known. */
const pointAt = (position: number): Point => ({ position, before: undefined });

function missedSince(place: FeedPosition, answer: Followed): "expired" | "replaced" | undefined {
  if (place.replaced || answer.rewound) return "replaced";
  return answer.oldest > place.position ? "expired" : undefined;
}

function codeOf(error: unknown): PliError["code"] {
  if (error instanceof PliError) return error.code;
  return error instanceof DatabaseError && isErrorCode(error.code) ? error.code : "internal";
}
