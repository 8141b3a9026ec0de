/** Epoch digests as controls and rosters carry them: which history of a group somebody knows. */
import { bytesOf, isUint, listOf, shapedFrom } from "../object/index.ts";

/** `mark`: the first bytes of the authenticator of that epoch. */
export type EpochMark = { readonly epoch: number; readonly mark: Uint8Array };
/** The same as CBOR has it. */
export type EpochMarkMap = ReadonlyMap<string, unknown>;

export const MAX_EPOCH_MARKS = 64;
export const EPOCH_MARK_BYTES = 16;

const SHAPE = { epoch: isUint, mark: bytesOf(EPOCH_MARK_BYTES) } as const;

const isMark = (value: unknown): value is EpochMarkMap => shapedFrom(value, SHAPE) !== undefined;

/** At most `MAX_EPOCH_MARKS`, each epoch once, by rising epoch. */
export function isRisingMarks(value: unknown): value is readonly EpochMarkMap[] {
  if (!listOf(isMark, MAX_EPOCH_MARKS)(value)) return false;
  const epochs = value.map((mark) => Number(mark.get("epoch")));
  return epochs.every((epoch, i) => i === 0 || (epochs[i - 1] ?? epoch) < epoch);
}

export const marksFrom = (maps: readonly EpochMarkMap[]): readonly EpochMark[] =>
  maps.flatMap((map) => shapedFrom(map, SHAPE) ?? []);
