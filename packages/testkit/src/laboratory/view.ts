import { type Answer, type Form, labelKey, parseAnswer, parseRequest, type Request } from "@pli/protocol/wire";

/**
 * One thing that the operator of the store sees. `in`: a frame of a client; `out`: a frame to it;
 * `line`: a connection that begins or ends. What stands in a cell or a block is left out: it is the
 * same to everybody without keys.
 */
export interface Seen {
  /** Milliseconds since 1970, by the store's clock. */
  readonly at: number;
  /** Counted from 0 over all addresses. */
  readonly connection: number;
  /** The address at the other end. */
  readonly who: string;
  readonly way: "line" | "in" | "out";
  readonly type: "dial" | "close" | "unreadable" | Request["type"] | Answer["type"];
  /** Of the whole frame. */
  readonly bytes: number;
  /**
   * Of a put or a get: the label as a key (`labelKey`), and whether something stood there at that
   * moment.
   */
  readonly label?: string;
  readonly present?: boolean;
  readonly feed?: number;
  /** Of a follow: the position asked for. Of entries and tags: that of the first. */
  readonly from?: number;
  /** How many entries or tags. */
  readonly count?: number;
  readonly outcome?: "created" | "taken";
}

/** Everything the operator of a store has, with addresses: what attacks work on. */
export interface View {
  readonly form: Form;
  /** All that happened, in order of time. */
  readonly events: readonly Seen[];
  /** The labels of feed 0 by position: what is on the operator's disk. */
  readonly feed: readonly string[];
}

/** Where a recorder writes what it sees. */
export interface Recording {
  /** A connection begins; its events belong to this address. */
  dialled(who: string): Line;
  readonly events: readonly Seen[];
}

export interface Line {
  /** A frame of the client. */
  sent(frame: Uint8Array): void;
  /** A frame of the store. */
  told(frame: Uint8Array): void;
  closed(): void;
}

/** `has`: whether a cell or a block stands under a label now. */
export function createRecording(deps: {
  now(): number;
  has(kind: "cell" | "block", label: string): boolean;
}): Recording {
  const events: Seen[] = [];
  let connections = 0;

  function dialled(who: string): Line {
    const connection = connections++;
    const note = (way: Seen["way"], bytes: number, seen: Pick<Seen, "type"> & Partial<Seen>): void =>
      void events.push({ at: deps.now(), connection, who, way, bytes, ...seen });
    note("line", 0, { type: "dial" });
    return {
      sent: (frame) => {
        const request = parseRequest(frame);
        note("in", frame.length, request.ok ? requestSeen(request.value, deps.has) : { type: "unreadable" });
      },
      told: (frame) => {
        const answer = parseAnswer(frame);
        note("out", frame.length, answer.ok ? answerSeen(answer.value) : { type: "unreadable" });
      },
      closed: () => note("line", 0, { type: "close" }),
    };
  }

  return { dialled, events };
}

type Told = Pick<Seen, "type"> & Partial<Seen>;

function requestSeen(request: Request, has: (kind: "cell" | "block", label: string) => boolean): Told {
  const { type } = request;
  if (type === "follow") return { type, feed: request.feed, from: request.from };
  if (type === "unfollow") return { type, feed: request.feed };
  if (type === "hello") return { type };
  const label = labelKey(request.label);
  return { type, label, present: has(type === "put" || type === "get" ? "cell" : "block", label) };
}

function answerSeen(answer: Answer): Told {
  const { type } = answer;
  if (type === "stored") return { type, outcome: answer.outcome };
  if (type === "following") return { type, feed: answer.feed, from: answer.next };
  if (type === "entries") return { type, feed: answer.feed, from: answer.first, count: answer.entries.length };
  if (type === "tags") return { type, feed: answer.feed, from: answer.first, count: answer.tags.length };
  return { type };
}

/** What happened from `at` on; the feed stays whole. */
export const since = (view: View, at: number): View => ({
  ...view,
  events: view.events.filter((seen) => seen.at >= at),
});
