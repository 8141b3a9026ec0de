import { bytesUpTo, encodeCbor, isUint, parseMap } from "@pli/protocol/object";
import type { Unit } from "../core/context.ts";
import { damaged, maybeBytesIn } from "../storage/row.ts";

const MAX_LIT_BYTES = 65_536;
const LIT = { keyPackage: bytesUpTo(16_384), secret: bytesUpTo(16_384), index: isUint, day: isUint } as const;

/** The beacon this device has lit for a conversation, with what opens the answer. */
export interface Lit {
  readonly keyPackage: Uint8Array;
  readonly secret: Uint8Array;
  readonly day: number;
  /** Which of the day's beacons; as many as a day has when all were taken. */
  readonly index: number;
}

export async function saveLit(unit: Unit, conversation: string, lit: Lit | undefined): Promise<void> {
  const beacon = lit === undefined ? null : encodeCbor({ ...lit });
  await unit.sql.run("UPDATE conversations SET beacon = ? WHERE id = ?", [beacon, conversation]);
}

export async function findLit(unit: Unit, conversation: string): Promise<Lit | undefined> {
  const [row] = await unit.sql.all("SELECT beacon FROM conversations WHERE id = ?", [conversation]);
  const bytes = row === undefined ? undefined : maybeBytesIn(row, "beacon");
  return bytes === undefined ? undefined : (parseMap(bytes, MAX_LIT_BYTES, LIT) ?? damaged("beacon"));
}
