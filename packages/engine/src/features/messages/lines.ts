/**
 * The kinds of lines that a conversation is made of: what the column `text` holds of each, and what
 * each counts for. A kind of `MessageBody` that is not here is a compile error.
 */
import type { Content } from "@pli/protocol/content";
import { toHex } from "@pli/protocol/crypto";
import type { GroupChange, MessageBody, MessageState, Named } from "../../api/views.ts";
import { damaged } from "../../runtime/storage/row.ts";

/**
 * A message to keep. `text`: what `textOf` gives for its body.
 */
export interface NewMessage {
  readonly id: string;
  readonly conversation: string;
  readonly sender: string;
  readonly mine: boolean;
  readonly kind: MessageBody["kind"];
  readonly text: string;
  readonly content?: Uint8Array;
  readonly sentAt: number;
  readonly state: MessageState;
  /** The id here of the epoch in which it was said. Missing: it was told, or has not left. */
  readonly epoch?: number;
  /** The name of the call that wrote it. */
  readonly request?: string;
  /** In whose roster it stood, when it did not come from its author. */
  readonly fromRosterOf?: string;
  /**
   * After how many seconds it disappears. What was not sent yet has no end: its time begins when it
   * leaves.
   */
  readonly lifetime?: number | undefined;
  /** Its place, of a message that was here before this device was. */
  readonly order?: number;
  /** The id of the message that it answers. */
  readonly replyTo?: string | undefined;
  /** It is no new message: the others have read it already. */
  readonly isTold?: true;
}

type BodyOf<K extends MessageBody["kind"]> = MessageBody & { kind: K };

interface Line<K extends MessageBody["kind"]> {
  encode(body: BodyOf<K>): string;
  /** `mayAsk`: its author is a contact, and can be asked. */
  parse(text: string, mayAsk: boolean): BodyOf<K>;
  /**
   * It leads the list of conversations and stands in it. `some`: of changes, those in `CHANGES`.
   */
  readonly news: "all" | "some" | "none";
  /** It is unread until it is seen. The triggers of the schema that count what is unread agree. */
  readonly isUnread: boolean;
  /** It is, or stands for, what its author wrote. */
  readonly isWritten: boolean;
}

/** What Pli notes of its own work is in the thread, and no news. */
const OWN_WORK = { news: "none", isUnread: false, isWritten: false } as const;
const EVENT = { news: "all", isUnread: false, isWritten: false } as const;
const WRITTEN = { news: "all", isUnread: true, isWritten: true } as const;

const LINES: { readonly [K in MessageBody["kind"]]: Line<K> } = {
  text: { ...WRITTEN, encode: ({ text }) => text, parse: (text) => ({ kind: "text", text }) },
  unknown: { ...WRITTEN, ...empty("unknown") },
  deleted: {
    ...EVENT,
    isWritten: true,
    encode: ({ by }) => (by === undefined ? "" : JSON.stringify(by)),
    parse: (text) => (text === "" ? { kind: "deleted" } : { kind: "deleted", by: jsonFrom(text) as Named }),
  },
  gap: { ...EVENT, encode: ({ count }) => String(count), parse: (text) => ({ kind: "gap", count: Number(text) }) },
  held: {
    ...EVENT,
    isWritten: true,
    encode: ({ count, bytes }) => JSON.stringify({ count, bytes }),
    parse: (text, mayAsk) => ({ kind: "held", ...(jsonFrom(text) as { count: number; bytes: number }), mayAsk }),
  },
  blocked: {
    ...EVENT,
    encode: ({ count }) => String(count),
    parse: (text) => ({ kind: "blocked", count: Number(text) }),
  },
  shutOut: {
    ...EVENT,
    encode: ({ count }) => String(count),
    parse: (text) => ({ kind: "shutOut", count: Number(text) }),
  },
  away: { ...EVENT, encode: ({ days }) => String(days), parse: (text) => ({ kind: "away", days: Number(text) }) },
  rejoined: { ...OWN_WORK, ...empty("rejoined") },
  newKeys: { ...OWN_WORK, ...empty("newKeys") },
  devices: {
    ...OWN_WORK,
    encode: ({ added, removed, devices }) => JSON.stringify({ added, removed, devices }),
    parse: (text) => ({ kind: "devices", ...(jsonFrom(text) as { added: number; removed: number; devices: number }) }),
  },
  paired: { ...EVENT, ...empty("paired") },
  renamed: {
    ...OWN_WORK,
    encode: ({ from, to }) => `${from}\n${to}`,
    parse: (text) => {
      const [from = "", to = ""] = text.split("\n");
      return { kind: "renamed", from, to };
    },
  },
  change: {
    ...EVENT,
    news: "some",
    encode: ({ change }) => JSON.stringify(change),
    parse: (text) => ({ kind: "change", change: jsonFrom(text) as GroupChange }),
  },
};

/** Whether a change of a group is news. */
const CHANGES: Readonly<Record<GroupChange["what"], boolean>> = {
  created: true,
  joined: true,
  added: true,
  removed: true,
  left: true,
  named: true,
  described: true,
  pictured: true,
  role: true,
  whoAdds: true,
  whoWrites: true,
  timer: true,
  newcomersRead: true,
  refounded: true,
  forkRepaired: false,
  ignored: false,
  unopened: false,
  notRemoved: false,
  dropped: false,
};

/** The id of the message that this one answers. */
export const replyToOf = ({ body }: Pick<Content, "body">): string | undefined =>
  body.kind === "text" && body.inReplyTo !== undefined ? toHex(body.inReplyTo) : undefined;

/** A line that says all by its kind. */
function empty<K extends MessageBody["kind"]>(kind: K) {
  return { encode: () => "", parse: () => ({ kind }) };
}

/** What a row's `text` holds of this body. */
export function textOf(body: MessageBody): string {
  return (LINES[body.kind] as Line<MessageBody["kind"]>).encode(body);
}

/** The body of a row. `mayAsk`: its author is a contact, and can be asked. */
export function bodyFrom(kind: string, text: string, mayAsk: boolean): MessageBody {
  return isKind(kind) ? LINES[kind].parse(text, mayAsk) : damaged("message kind");
}

export const isUnread = (kind: string): boolean => isKind(kind) && LINES[kind].isUnread;

const isKind = (kind: string): kind is MessageBody["kind"] => Object.hasOwn(LINES, kind);
const kindsThat = (test: (line: Line<never>) => boolean): readonly string[] =>
  Object.entries(LINES).flatMap(([kind, line]) => (test(line as unknown as Line<never>) ? [kind] : []));

/** Kinds of which the list of conversations does not tell. */
export const QUIET_KINDS = kindsThat(({ news }) => news === "none");
/** The same of changes of groups. */
export const QUIET_CHANGES: readonly string[] = Object.entries(CHANGES).flatMap(([what, isNews]) =>
  isNews ? [] : [what],
);
/** Kinds that are, or stand for, what their author wrote. */
export const WRITTEN_KINDS = kindsThat(({ isWritten }) => isWritten);

function jsonFrom(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return damaged("message text");
  }
}
