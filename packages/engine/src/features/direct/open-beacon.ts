import { bytesUpTo, encodeCbor, isUint, parseMap } from "@pli/protocol/object";
import type { Tx } from "../../runtime/context.ts";
import { deleteMeta, findMeta, saveMeta } from "../../runtime/storage/meta.ts";
import { damaged, maybeBytesIn } from "../../runtime/storage/row.ts";

const MAX_LIT_BYTES = 65_536;
const LIT = { keyPackage: bytesUpTo(16_384), secret: bytesUpTo(16_384), index: isUint, day: isUint } as const;

/** The beacon this device has lit for a conversation, with what opens the answer. */
export interface OpenBeacon {
  readonly keyPackage: Uint8Array;
  readonly secret: Uint8Array;
  readonly day: number;
  readonly index: number;
}

type LastLit = Pick<OpenBeacon, "day" | "index">;
const lastKeyOf = (conversation: string): string => `beacon ${conversation}`;

/**
 * Which of a day's beacons this device lights next. Each seals one object, ever: what was lit in a
 * store that is gone is not lit again in another, with another key package.
 */
export async function nextBeacon(tx: Tx, conversation: string, day: number): Promise<number> {
  const openBeacon = await findOpenBeacon(tx, conversation);
  const last = await findMeta<LastLit>(tx, lastKeyOf(conversation));
  const used = [openBeacon, last].flatMap((beacon) => (beacon?.day === day ? [beacon.index] : []));
  return Math.max(-1, ...used) + 1;
}

export async function saveOpenBeacon(tx: Tx, conversation: string, openBeacon: OpenBeacon | undefined): Promise<void> {
  const beacon = openBeacon === undefined ? null : encodeCbor({ ...openBeacon });
  await tx.sql.run("UPDATE conversations SET beacon = ? WHERE id = ?", [beacon, conversation]);
  if (openBeacon === undefined) return;
  await saveMeta(tx, lastKeyOf(conversation), { day: openBeacon.day, index: openBeacon.index } satisfies LastLit);
}

export async function findOpenBeacon(tx: Tx, conversation: string): Promise<OpenBeacon | undefined> {
  const [row] = await tx.sql.all("SELECT beacon FROM conversations WHERE id = ?", [conversation]);
  const bytes = row === undefined ? undefined : maybeBytesIn(row, "beacon");
  return bytes === undefined ? undefined : (parseMap(bytes, MAX_LIT_BYTES, LIT) ?? damaged("beacon"));
}

/** From another secret of the two, every beacon is another. */
export async function forgetBeacons(tx: Tx, conversation: string): Promise<void> {
  await deleteMeta(tx, lastKeyOf(conversation));
}
