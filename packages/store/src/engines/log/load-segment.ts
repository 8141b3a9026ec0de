import { feedOf } from "@pli/protocol/wire";
import type { Log } from "../../base/event-log.ts";
import { storageError } from "../../storage/storage-error.ts";
import type { Disk, DiskFile } from "./disk.ts";
import { createPositionMap, type PositionMap } from "./position-map.ts";
import { parseRecordCell, parseRecordHead, RECORD_BYTES, type RecordHead } from "./record.ts";
import { encodeSegmentHeader, HEADER_BYTES, parseSegmentHeader } from "./segment-header.ts";
import { createIndexImage, parseIndex, type IndexImage, type SegmentIndex } from "./segment-index.ts";
import { offsetOf, slotsIn } from "./slots.ts";

/**
 * A segment as it was found. It has an `image` when its index does not cover all of it, or when it
 * is to grow.
 */
export interface LoadedSegment {
  readonly positions: PositionMap;
  readonly count: number;
  readonly image: IndexImage | undefined;
  readonly indexed: boolean;
}

const SCAN_SLOTS = 256;

/**
 * Opens a segment after a crash or damage. It takes from the index what the index covers, and reads
 * and checks the rest record by record:
 *
 * - A record that is cut off at the end of the file was never acknowledged. It is cut, and
 *   reported.
 * - Any other record that fails its sum may have been acknowledged. It keeps its slot and its
 *   position, is reported, and is not served.
 * - The last commit is written again and synced. After a sync that failed, the system may show what
 *   the disk never got.
 *
 * `ends` are the next positions of the feeds before this segment. They are the starts of a file
 * that was only just made, and of one whose header cannot be read unless it is the `oldest`.
 * `found` receives every label, in the order of the slots.
 */
export const loadSegment = async (options: {
  readonly disk: Disk;
  readonly cells: string;
  readonly index: string;
  readonly ends: readonly number[];
  readonly oldest: boolean;
  readonly grows: boolean;
  readonly found: (bytes: Uint8Array, at: number, slot: number) => void;
  readonly log: Log;
}): Promise<LoadedSegment> => {
  const { disk, cells, index, found, log } = options;
  const file = await disk.open(cells, "write");
  try {
    const starts = await readStarts(file, options);
    const known = await readIndex(disk, index, log);
    const count = Math.max(await wholeSlots(file, cells, log), known?.count ?? 0);
    const positions = createPositionMap(starts);
    const image = options.grows || known?.count !== count ? createIndexImage(known) : undefined;
    if (known !== undefined) takeIndex(known, positions, found);
    if (known?.count !== count && image !== undefined) {
      await scan({ file, from: known?.count ?? 0, count, positions, image, found, path: cells, log });
    }
    await padded(file, cells, count, log);
    return { positions, count, image, indexed: known?.count === count };
  } finally {
    await file.close();
  }
};

const readStarts = async (
  file: DiskFile,
  options: { readonly cells: string; readonly ends: readonly number[]; readonly oldest: boolean; readonly log: Log },
): Promise<readonly number[]> => {
  const { cells, ends, oldest, log } = options;
  const header = Buffer.alloc(HEADER_BYTES);
  if ((await file.read(header, 0)) < HEADER_BYTES) {
    await file.write([encodeSegmentHeader(ends)], 0);
    return ends;
  }
  const parsed = parseSegmentHeader(header);
  if (parsed.ok) return parsed.value;
  if (parsed.error === "newer") throw storageError("data_newer", cells);
  log("error", "segment_header_damaged", { file: cells });
  return oldest ? [] : ends;
};

const readIndex = async (disk: Disk, path: string, log: Log): Promise<SegmentIndex | undefined> => {
  const bytes = await disk.readAll(path);
  if (bytes === undefined) return undefined;
  const parsed = parseIndex(bytes);
  if (parsed.ok) return parsed.value;
  log("warn", "index_damaged", { file: path });
  return undefined;
};

const wholeSlots = async (file: DiskFile, path: string, log: Log): Promise<number> => {
  const size = await file.size();
  const count = slotsIn(size);
  const cut = size - offsetOf(count);
  if (cut <= 0) return count;
  await file.truncate(offsetOf(count));
  await file.sync();
  log("warn", "tail_cut", { file: path, bytes: cut });
  return count;
};

const takeIndex = (
  index: SegmentIndex,
  positions: PositionMap,
  found: (bytes: Uint8Array, at: number, slot: number) => void,
): void => {
  for (let slot = 0; slot < index.count; slot += 1) {
    const position = index.position(slot);
    if (position !== undefined && positions.add(index.feed(slot), position, slot)) {
      found(index.bytes, index.labelAt(slot), slot);
    } else positions.lose();
  }
};

const scan = async (options: {
  readonly file: DiskFile;
  readonly from: number;
  readonly count: number;
  readonly positions: PositionMap;
  readonly image: IndexImage;
  readonly found: (bytes: Uint8Array, at: number, slot: number) => void;
  readonly path: string;
  readonly log: Log;
}): Promise<void> => {
  const { file, from, count, positions, image, found, path, log } = options;
  let damaged = 0;
  let lastCommit = from;
  const take = (slot: number, head: RecordHead | undefined): void => {
    const known = head !== undefined && positions.add(feedOf(head.label), head.position, slot);
    image.set(slot, known ? head : undefined);
    if (!known) return positions.lose();
    found(head.label, 0, slot);
    lastCommit = Math.min(head.commit, slot);
  };
  for (let slot = from; slot < count; slot += SCAN_SLOTS) {
    const bytes = await readSlots(file, slot, Math.min(count, slot + SCAN_SLOTS));
    for (let at = 0; at < bytes.length; at += RECORD_BYTES) {
      const head = parseRecordHead(bytes, at);
      if (head === undefined || parseRecordCell(bytes, at, head) === undefined) damaged += 1;
      take(slot + at / RECORD_BYTES, head);
    }
  }
  if (damaged > 0) log("error", "records_damaged", { file: path, records: damaged });
  await writeAgain(file, lastCommit, count);
};

/** The records of some slots, with zeros for what the disk cannot read. */
const readSlots = async (file: DiskFile, from: number, to: number): Promise<Buffer> => {
  const bytes = Buffer.alloc((to - from) * RECORD_BYTES);
  try {
    await file.read(bytes, offsetOf(from));
    return bytes;
  } catch {
    if (to - from === 1) return bytes.fill(0);
    const middle = Math.floor((from + to) / 2);
    return Buffer.concat([await readSlots(file, from, middle), await readSlots(file, middle, to)]);
  }
};

/** Writes intact records again, and leaves alone what could not be read this time. */
const writeAgain = async (file: DiskFile, from: number, to: number): Promise<void> => {
  for (let slot = from; slot < to; slot += SCAN_SLOTS) {
    const bytes = await readSlots(file, slot, Math.min(to, slot + SCAN_SLOTS));
    for (let at = 0; at < bytes.length; at += RECORD_BYTES) {
      if (isIntact(bytes, at))
        await file.write([bytes.subarray(at, at + RECORD_BYTES)], offsetOf(slot + at / RECORD_BYTES));
    }
  }
  await file.sync();
};

const isIntact = (bytes: Buffer, at: number): boolean => {
  const head = parseRecordHead(bytes, at);
  return head !== undefined && parseRecordCell(bytes, at, head) !== undefined;
};

/** A file that is shorter than its index says has lost acknowledged records. Their slots stay. */
const padded = async (file: DiskFile, path: string, count: number, log: Log): Promise<void> => {
  const missing = count - slotsIn(await file.size());
  if (missing <= 0) return;
  await file.truncate(offsetOf(count));
  await file.sync();
  log("error", "records_damaged", { file: path, records: missing });
};
