import { bytesUpTo, encodeCbor, isUint, parseMap, textUpTo } from "@pli/protocol/object";
import { findBeacon, saveBeacon } from "../../epochs/conversations.table.ts";
import type { Tx } from "../../runtime/context.ts";
import { deleteMeta, findMeta, saveMeta } from "../../runtime/storage/meta.ts";
import { damaged } from "../../runtime/storage/row.ts";

const MAX_LIT_BYTES = 65_536;
const LIT = {
  keyPackage: bytesUpTo(16_384),
  secret: bytesUpTo(16_384),
  index: isUint,
  day: isUint,
  tag: textUpTo(64),
} as const;

/** The beacon this device has lit for a conversation, with what opens the answer. */
export interface OpenBeacon {
  readonly keyPackage: Uint8Array;
  readonly secret: Uint8Array;
  readonly day: number;
  readonly index: number;
  /** Which secret of the two it is derived from. */
  readonly tag: string;
}

export type LitBeacon = Pick<OpenBeacon, "day" | "index" | "tag">;
const lastKeyOf = (conversation: string): string => `beacon ${conversation}`;

/**
 * Which of a day's beacons this device lights next. Each seals one object, ever: what was lit in a
 * store that is gone is not lit again in another, with another key package.
 */
export async function nextBeacon(tx: Tx, conversation: string, tag: string, day: number): Promise<number> {
  return nextAfter(await listOwnBeacons(tx, conversation, tag), day);
}

/** The beacons this device knows it has lit by one secret: the open one, and the last. */
export async function listOwnBeacons(tx: Tx, conversation: string, tag: string): Promise<LitBeacon[]> {
  const own = [await findOpenBeacon(tx, conversation), await findLastBeacon(tx, conversation)];
  return own.filter((beacon) => beacon?.tag === tag).filter((beacon) => beacon !== undefined);
}

/** The first beacon of a day that comes after those of it that are lit. */
export function nextAfter(lit: readonly Pick<LitBeacon, "day" | "index">[], day: number): number {
  return 1 + Math.max(-1, ...lit.filter((beacon) => beacon.day === day).map(({ index }) => index));
}

/** The beacon that this device has lit last, answered or not. */
const findLastBeacon = (tx: Tx, conversation: string): Promise<LitBeacon | undefined> =>
  findMeta<LitBeacon>(tx, lastKeyOf(conversation));

export async function saveOpenBeacon(tx: Tx, conversation: string, openBeacon: OpenBeacon | undefined): Promise<void> {
  await saveBeacon(tx, conversation, openBeacon && encodeCbor({ ...openBeacon }));
  if (openBeacon === undefined) return;
  await saveMeta(tx, lastKeyOf(conversation), lastOf(openBeacon));
}

const lastOf = ({ day, index, tag }: OpenBeacon): LitBeacon => ({ day, index, tag });

export async function findOpenBeacon(tx: Tx, conversation: string): Promise<OpenBeacon | undefined> {
  const bytes = await findBeacon(tx, conversation);
  return bytes === undefined ? undefined : (parseMap(bytes, MAX_LIT_BYTES, LIT) ?? damaged("beacon"));
}

/** From another secret of the two, every beacon is another. */
export async function forgetBeacons(tx: Tx, conversation: string): Promise<void> {
  await deleteMeta(tx, lastKeyOf(conversation));
}
