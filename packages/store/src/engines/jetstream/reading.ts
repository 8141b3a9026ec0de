import { parseBlock, parseCell, type Block, type Cell, type Entry, type Label } from "@pli/protocol/wire";
import { StorageError, type BlockPage } from "../../storage/storage.ts";
import type { Cluster, StoredMessage } from "./cluster.ts";
import type { Span } from "./day-spans.ts";
import { entryFrom } from "./feed-tail.ts";
import { labelFromSubject } from "./subjects.ts";

/** Reads a subject from any copy or, since a copy may lag, from the leader. */
export const find = async (cluster: Cluster, stream: string, subject: string): Promise<Uint8Array | undefined> => {
  const found = await cluster.anyGet(stream, subject).catch(() => undefined);
  return (found ?? (await cluster.leaderGet(stream, subject)))?.bytes;
};

/**
 * Reads a subject of a cell stream whose cells before position `announced` readers know. A leader
 * that is cut off may lack some of these cells. It rejects with `store_busy` then instead of
 * answering that there is nothing: a reader of tags would skip the cell for good.
 */
export const findAnnounced = async (
  cluster: Cluster,
  stream: string,
  subject: string,
  announced: number,
): Promise<Uint8Array | undefined> => {
  const found = await cluster.anyGet(stream, subject).catch(() => undefined);
  if (found !== undefined) return found.bytes;
  const info = await cluster.info(stream);
  if ((info?.state.last_seq ?? 0) < announced)
    throw new StorageError("store_busy", `the leader of ${stream} is behind`);
  return (await cluster.leaderGet(stream, subject))?.bytes;
};

/** Entries without a gap from position `from`, or from the first one behind it. */
export const readFeed = async (
  cluster: Cluster,
  stream: string,
  from: number,
  max: number,
): Promise<{ readonly first: number; readonly entries: readonly Entry[] }> => {
  const kept = await readOn(cluster, stream, from + 1, max);
  const first = (kept[0]?.sequence ?? from + 1) - 1;
  const entries: Entry[] = [];
  for (const [i, message] of kept.entries()) {
    const entry = message.sequence === first + 1 + i ? entryFrom(message) : undefined;
    if (entry === undefined) break;
    entries.push(entry);
  }
  if (kept.length > 0 && entries.length === 0) throw foreign(stream);
  return { first, entries };
};

/**
 * Messages from a sequence on, at least one if there is one. A copy that lags may have none; the
 * leader is asked for one then.
 */
const readOn = async (
  cluster: Cluster,
  stream: string,
  from: number,
  max: number,
): Promise<readonly StoredMessage[]> => {
  const found = await cluster.anyRead(stream, from, max).catch(() => []);
  if (found.length > 0) return found;
  const one = await cluster.leaderNext(stream, ">", from);
  return one === undefined ? [] : [one];
};

/** A cursor in the blocks of a day is the number of a stream, times this, plus a sequence in it. */
const STREAM_CURSORS = 2 ** 40;

/**
 * Blocks of a day behind a cursor, stream by stream. `spanIn` returns the sequences of a stream
 * that are of the day, given its next sequence.
 */
export const readBlocks = async (
  cluster: Cluster,
  streams: readonly string[],
  spanIn: (stream: string, end: number) => Span,
  after: number,
  max: number,
): Promise<BlockPage> => {
  for (let at = Math.floor(after / STREAM_CURSORS); at < streams.length; at += 1) {
    const stream = streams[at] ?? "";
    const info = await cluster.info(stream);
    const { start, count } = spanIn(stream, (info?.state.last_seq ?? 0) + 1);
    const reached = Math.floor(after / STREAM_CURSORS) === at ? after % STREAM_CURSORS : 0;
    const from = Math.max(start, reached + 1);
    const kept = from < start + count ? await readOn(cluster, stream, from, max) : [];
    const ofDay = kept.filter(({ sequence }) => sequence < start + count);
    const last = ofDay.at(-1);
    if (last !== undefined)
      return { blocks: ofDay.map((one) => blockEntry(stream, one)), last: at * STREAM_CURSORS + last.sequence };
  }
  return { blocks: [], last: after };
};

const blockEntry = (stream: string, { subject, bytes }: StoredMessage): { label: Label; block: Block } => {
  const [label, block] = [labelFromSubject(subject), blockFrom(bytes)];
  if (label === undefined || block === undefined) throw foreign(stream);
  return { label, block };
};

const foreign = (stream: string): StorageError => new StorageError("data_damaged", `${stream} holds a foreign message`);

export const cellFrom = (bytes: Uint8Array | undefined): Cell | undefined => {
  if (bytes === undefined) return undefined;
  const cell = parseCell(bytes);
  if (!cell.ok) throw new StorageError("data_damaged", "a cell in the cluster has another size");
  return cell.value;
};

export const blockFrom = (bytes: Uint8Array | undefined): Block | undefined => {
  if (bytes === undefined) return undefined;
  const block = parseBlock(bytes);
  if (!block.ok) throw new StorageError("data_damaged", "a block in the cluster has another size");
  return block.value;
};
