import { bytesFromFields, Reader, u16, u32, u64, u8, type Field } from "./bytes.ts";
import { BLOCK_BYTES, CELL_BYTES, feedOf, LABEL_BYTES, type Block, type Cell, type Label } from "./cell.ts";
import { codeFromNumber, numberFromCode, type WireCode } from "./code.ts";
import {
  ENTRY_BYTES,
  MAX_ANSWER_BYTES,
  MAX_ENTRIES,
  MAX_POSITION,
  MAX_SOFTWARE_CHARS,
  STORE_ID_BYTES,
} from "./limits.ts";
import { err, ok, type Result } from "./result.ts";

/**
 * How a store gives a feed: label and cell of each entry, or only its tag. The same for every
 * reader of the feed, at any one time.
 */
export type Form = "full" | "tags";

/** One cell of a feed with its name. */
export interface Entry {
  readonly label: Label;
  readonly cell: Cell;
}

/**
 * First answer: what the store is. `storeId` is made with its data, so another id means another
 * store behind the address. `now` is its clock in seconds since 1970; `maxFrame` the largest frame
 * it accepts, in bytes.
 */
export interface Welcome {
  readonly type: "welcome";
  readonly id: number;
  readonly version: number;
  readonly storeId: Uint8Array;
  readonly now: number;
  readonly retentionDays: number;
  readonly maxFrame: number;
  readonly software: string;
}

/**
 * Answer to follow: `oldest` is the position of the oldest entry kept, `next` the one the next cell
 * will have. `oldest` above the position asked for: the reader fell behind the retention, and
 * entries start at `oldest`. `form` is the feed's at this moment: frames of either form may follow,
 * each going on where the last one ended.
 */
export interface Following {
  readonly type: "following";
  readonly id: number;
  readonly feed: number;
  readonly oldest: number;
  readonly next: number;
  readonly form: Form;
}

/** 1 to 64 consecutive entries of a feed, the first at position `first`. Unsolicited: `id` is 0. */
export interface Entries {
  readonly type: "entries";
  readonly id: 0;
  readonly feed: number;
  readonly first: number;
  readonly entries: readonly Entry[];
}

/**
 * 1 to 4,096 consecutive entries of a feed in tag form, the first at position `first`. Unsolicited:
 * `id` is 0.
 */
export interface Tags {
  readonly type: "tags";
  readonly id: 0;
  readonly feed: number;
  readonly first: number;
  /** One after the other, as `tagOf` gives them. */
  readonly tags: readonly number[];
}

/**
 * What a store answers (section 3). `id` is that of the request; an error with id 0 is about the
 * connection.
 */
export type Answer =
  | Welcome
  | { readonly type: "stored"; readonly id: number; readonly outcome: "created" | "taken" }
  | { readonly type: "found"; readonly id: number; readonly kind: "cell"; readonly bytes: Cell }
  | { readonly type: "found"; readonly id: number; readonly kind: "block"; readonly bytes: Block }
  | { readonly type: "absent"; readonly id: number }
  | Following
  | Entries
  | Tags
  | { readonly type: "error"; readonly id: number; readonly code: WireCode };

const TYPE = {
  welcome: 0x81,
  stored: 0x82,
  found: 0x84,
  absent: 0x84,
  following: 0x86,
  entries: 0x87,
  tags: 0x88,
  error: 0xff,
} as const;
const OUTCOME = { created: 1, taken: 2 } as const;
const KIND = { absent: 0, cell: 1, block: 2 } as const;
const FORM = { full: 1, tags: 2 } as const;

/**
 * One binary frame, behind `room` bytes left free for its carrier. Throws RangeError on what
 * no frame can carry: our own mistake.
 */
export const encodeAnswer = (answer: Answer, room = 0): Uint8Array<ArrayBuffer> =>
  bytesFromFields([u8(TYPE[answer.type]), u32(answer.id), ...bodyFields(answer)], room);

/**
 * What precedes the entries in an `entries` or `tags` frame: 17 bytes. The entries themselves
 * follow, `ENTRY_BYTES[form]` each.
 */
export const encodeFeedHead = (head: { form: Form; feed: number; first: number; count: number }): Uint8Array => {
  const { form, feed, first, count } = head;
  if (count === 0 || count > MAX_ENTRIES[form]) throw new RangeError("a frame carries 1 to 64 entries, or 4,096 tags");
  return bytesFromFields([u8(TYPE[form === "full" ? "entries" : "tags"]), u32(0), u16(feed), u64(first), u16(count)]);
};

/**
 * The answer in a frame from a store. Byte values are views into the frame. `bad_frame`: anything
 * `encodeAnswer` cannot have made.
 */
export const parseAnswer = (frame: Uint8Array): Result<Answer, "bad_frame"> => {
  if (frame.length > MAX_ANSWER_BYTES) return err("bad_frame");
  const reader = new Reader(frame);
  const type = reader.u8();
  const id = reader.u32();
  const answer = parseBody(type, id, reader);
  return answer !== undefined && reader.ended() ? ok(answer) : err("bad_frame");
};

const bodyFields = (answer: Answer): readonly Field[] => {
  switch (answer.type) {
    case "welcome":
      return welcomeFields(answer);
    case "stored":
      return [u8(OUTCOME[answer.outcome])];
    case "found":
      return [u8(KIND[answer.kind]), answer.bytes];
    case "absent":
      return [u8(KIND.absent)];
    case "following":
      return [u16(answer.feed), u64(answer.oldest), u64(answer.next), u8(FORM[answer.form])];
    case "entries":
      return entriesFields(answer);
    case "tags":
      return tagsFields(answer);
    case "error":
      return [u8(numberFromCode(answer.code))];
  }
};

const welcomeFields = (answer: Welcome): Field[] => {
  if (!isSoftware(answer.software)) throw new RangeError("software is at most 64 printable ASCII characters");
  if (answer.storeId.length !== STORE_ID_BYTES) throw new RangeError("a store id is 16 bytes");
  const software = Uint8Array.from(answer.software, (char) => char.charCodeAt(0));
  const { version, storeId, now, retentionDays, maxFrame } = answer;
  return [u8(version), storeId, u64(now), u16(retentionDays), u32(maxFrame), u8(software.length), software];
};

const isSoftware = (text: string): boolean => text.length <= MAX_SOFTWARE_CHARS && /^[ -~]*$/.test(text);

const entriesFields = (answer: Entries): Field[] => {
  const count = answer.entries.length;
  if (count === 0 || count > MAX_ENTRIES.full) throw new RangeError("a frame carries 1 to 64 entries");
  const entries = answer.entries.flatMap(({ label, cell }) => [label, cell]);
  return [u16(answer.feed), u64(answer.first), u16(count), ...entries];
};

const tagsFields = (answer: Tags): Field[] => {
  const count = answer.tags.length;
  if (count === 0 || count > MAX_ENTRIES.tags) throw new RangeError("a frame carries 1 to 4,096 tags");
  return [u16(answer.feed), u64(answer.first), u16(count), ...answer.tags.map(u32)];
};

const parseBody = (type: number, id: number, reader: Reader): Answer | undefined => {
  switch (type) {
    case TYPE.welcome:
      return parseWelcome(id, reader);
    case TYPE.stored:
      return parseStored(id, reader.u8());
    case TYPE.found:
      return parseFound(id, reader);
    case TYPE.following:
      return parseFollowing(id, reader);
    case TYPE.entries:
      return id === 0 ? parseEntries(reader) : undefined;
    case TYPE.tags:
      return id === 0 ? parseTags(reader) : undefined;
    case TYPE.error:
      return parseError(id, reader.u8());
    default:
      return undefined;
  }
};

const parseWelcome = (id: number, reader: Reader): Welcome | undefined => {
  const version = reader.u8();
  const storeId = reader.take(STORE_ID_BYTES);
  const now = reader.u64();
  const retentionDays = reader.u16();
  const maxFrame = reader.u32();
  const software = String.fromCharCode(...reader.take(Math.min(reader.u8(), MAX_SOFTWARE_CHARS)));
  if (version === 0 || !isSoftware(software)) return undefined;
  return { type: "welcome", id, version, storeId, now, retentionDays, maxFrame, software };
};

const parseStored = (id: number, outcome: number): Answer | undefined => {
  if (outcome === OUTCOME.created) return { type: "stored", id, outcome: "created" };
  return outcome === OUTCOME.taken ? { type: "stored", id, outcome: "taken" } : undefined;
};

const parseFound = (id: number, reader: Reader): Answer | undefined => {
  switch (reader.u8()) {
    case KIND.absent:
      return reader.ended() ? { type: "absent", id } : undefined;
    case KIND.cell:
      return { type: "found", id, kind: "cell", bytes: reader.take(CELL_BYTES) as Cell };
    case KIND.block:
      return { type: "found", id, kind: "block", bytes: reader.take(BLOCK_BYTES) as Block };
    default:
      return undefined;
  }
};

const parseFollowing = (id: number, reader: Reader): Following | undefined => {
  const feed = reader.u16();
  const oldest = reader.u64();
  const next = reader.u64();
  const form = formFromNumber(reader.u8());
  return form !== undefined && oldest <= next ? { type: "following", id, feed, oldest, next, form } : undefined;
};

const formFromNumber = (number: number): Form | undefined =>
  number === FORM.full ? "full" : number === FORM.tags ? "tags" : undefined;

const parseEntries = (reader: Reader): Entries | undefined => {
  const head = parseFeedHead("full", reader);
  if (head === undefined) return undefined;
  const entries = Array.from({ length: head.count }, () => parseEntry(reader));
  return entries.every(({ label }) => feedOf(label) === head.feed)
    ? { type: "entries", id: 0, feed: head.feed, first: head.first, entries }
    : undefined;
};

const parseTags = (reader: Reader): Tags | undefined => {
  const head = parseFeedHead("tags", reader);
  if (head === undefined) return undefined;
  const tags = Array.from({ length: head.count }, () => reader.u32());
  return { type: "tags", id: 0, feed: head.feed, first: head.first, tags };
};

/** Undefined unless exactly `count` entries follow. */
const parseFeedHead = (form: Form, reader: Reader): { feed: number; first: number; count: number } | undefined => {
  const feed = reader.u16();
  const first = reader.u64();
  const count = reader.u16();
  if (count === 0 || count > MAX_ENTRIES[form] || first > MAX_POSITION - count) return undefined;
  return reader.left() === count * ENTRY_BYTES[form] ? { feed, first, count } : undefined;
};

const parseEntry = (reader: Reader): Entry => ({
  label: reader.take(LABEL_BYTES) as Label,
  cell: reader.take(CELL_BYTES) as Cell,
});

const parseError = (id: number, number: number): Answer | undefined => {
  const code = codeFromNumber(number);
  return code === undefined ? undefined : { type: "error", id, code };
};
