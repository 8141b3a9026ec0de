/**
 * The devices that this one has added itself. A list of devices names who added whom, but everybody
 * with the keys can sign one: what this device knows of its own additions is what counts.
 */
import type { ListedDevice } from "@pli/protocol/devices";
import { toHex } from "@pli/protocol/crypto";
import type { Tx } from "../runtime/context.ts";
import { findMeta, saveMeta } from "../runtime/storage/meta.ts";

const ADDED = "devices-added";

/** The key of each, by its id; both hexadecimal. */
export type AddedDevices = Readonly<Record<string, string>>;

interface Listed {
  readonly self: string;
  readonly devices: readonly ListedDevice[];
}

/** A device that is new in its list has added none. */
export const addedNone = (tx: Tx): Promise<void> => saveMeta(tx, ADDED, {});

/** Asked before the list of another device counts. A profile of before has it from its own list. */
export async function findAdded(tx: Tx, { self, devices }: Listed): Promise<AddedDevices> {
  const kept = await findMeta<AddedDevices>(tx, ADDED);
  if (kept !== undefined) return kept;
  const ours = devices.filter(({ addedBy }) => toHex(addedBy) === self);
  const known = Object.fromEntries(ours.map(({ id, key }) => [toHex(id), toHex(key)]));
  await saveMeta(tx, ADDED, known);
  return known;
}

export async function noteAdded(tx: Tx, listed: Listed, { id, key }: Pick<ListedDevice, "id" | "key">): Promise<void> {
  await saveMeta(tx, ADDED, { ...(await findAdded(tx, listed)), [toHex(id)]: toHex(key) });
}

/**
 * A device, and all that it let in: a thief may have added some to come back by, and may have named
 * this device as the one that added them. This one, and what it added, are no part of the chain.
 */
export function letInBy(stolen: string, { self, devices }: Listed, added: AddedDevices): ReadonlySet<string> {
  const out = new Set([stolen]);
  const others = devices.filter(({ id, key }) => toHex(id) !== self && added[toHex(id)] !== toHex(key));
  for (let size = 0; size !== out.size;) {
    size = out.size;
    for (const { id, addedBy } of others) if (toHex(addedBy) === self || out.has(toHex(addedBy))) out.add(toHex(id));
  }
  return out;
}
