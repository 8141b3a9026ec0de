import { bytesUpTo, encodeCbor, isUint, parseMap } from "@pli/protocol/object";
import type { Unit } from "../../runtime/context.ts";
import { deleteMeta, findMeta, saveMeta } from "../../runtime/storage/meta.ts";
import { damaged, maybeBytesIn } from "../../runtime/storage/row.ts";

const MAX_LIT_BYTES = 65_536;
const LIT = { keyPackage: bytesUpTo(16_384), secret: bytesUpTo(16_384), index: isUint, day: isUint } as const;

/** The beacon this device has lit for a conversation, with what opens the answer. */
export interface Lit {
  readonly keyPackage: Uint8Array;
  readonly secret: Uint8Array;
  readonly day: number;
  readonly index: number;
}

type LastLit = Pick<Lit, "day" | "index">;
const lastKeyOf = (conversation: string): string => `beacon ${conversation}`;

/**
 * Which of a day's beacons this device lights next. Each seals one object, ever: what was lit in a
 * store that is gone is not lit again in another, with another key package.
 */
export async function nextBeacon(unit: Unit, conversation: string, day: number): Promise<number> {
  const lit = await findLit(unit, conversation);
  const last = await findMeta<LastLit>(unit, lastKeyOf(conversation));
  const used = [lit, last].flatMap((beacon) => (beacon?.day === day ? [beacon.index] : []));
  return Math.max(-1, ...used) + 1;
}

export async function saveLit(unit: Unit, conversation: string, lit: Lit | undefined): Promise<void> {
  const beacon = lit === undefined ? null : encodeCbor({ ...lit });
  await unit.sql.run("UPDATE conversations SET beacon = ? WHERE id = ?", [beacon, conversation]);
  if (lit === undefined) return;
  await saveMeta(unit, lastKeyOf(conversation), { day: lit.day, index: lit.index } satisfies LastLit);
}

export async function findLit(unit: Unit, conversation: string): Promise<Lit | undefined> {
  const [row] = await unit.sql.all("SELECT beacon FROM conversations WHERE id = ?", [conversation]);
  const bytes = row === undefined ? undefined : maybeBytesIn(row, "beacon");
  return bytes === undefined ? undefined : (parseMap(bytes, MAX_LIT_BYTES, LIT) ?? damaged("beacon"));
}

/** From another secret of the two, every beacon is another. */
export async function forgetBeacons(unit: Unit, conversation: string): Promise<void> {
  await deleteMeta(unit, lastKeyOf(conversation));
}
