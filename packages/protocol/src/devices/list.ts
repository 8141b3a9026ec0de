import type { Crypto } from "../crypto/index.ts";
import { toHex } from "../crypto/index.ts";
import { signTwice, verifyTwice, type IdentitySecret } from "../identity/secret.ts";
import { ML_DSA_SIGNATURE_BYTES, ED_SIGNATURE_BYTES } from "../identity/secret.ts";
import { DEVICE_ID_BYTES, type Card } from "../identity/index.ts";
import {
  allShaped,
  bytesOf,
  decodeCbor,
  encodeCbor,
  exactly,
  isAny,
  isUint,
  listOf,
  shapedFrom,
} from "../object/index.ts";
import { err, ok, type Result } from "../wire/index.ts";

/** One device of a person. `key` signs for it in MLS; `addedBy` is the device that let it in. */
export type ListedDevice = {
  readonly id: Uint8Array;
  readonly key: Uint8Array;
  /** Seconds since 1970, by the clock of the device that added it. */
  readonly addedAt: number;
  readonly addedBy: Uint8Array;
};

/**
 * The devices of a profile, oldest first, and those that were removed and never come back. Section
 * 7.
 */
export type DeviceList = {
  readonly generation: number;
  readonly version: number;
  readonly devices: readonly ListedDevice[];
  readonly removed: readonly Uint8Array[];
};
/** A list that the profile's keys of its generation have signed; `bytes` as received. */
export type SignedDeviceList = DeviceList & { readonly bytes: Uint8Array };
export type DeviceListError = "device_list_malformed" | "device_list_not_authentic";

export const MAX_OWN_DEVICES = 8;
/** A profile that has removed as many as these makes its next generation. */
export const MAX_REMOVED = 256;
export const MAX_DEVICE_LIST_BYTES = 16_384;
const KEY_BYTES = 32;
const PURPOSE = "pli device list v1";
const ENTRY = {
  id: bytesOf(DEVICE_ID_BYTES),
  key: bytesOf(KEY_BYTES),
  addedAt: isUint,
  addedBy: bytesOf(DEVICE_ID_BYTES),
};
const SHAPE = {
  v: exactly(1),
  generation: isUint,
  version: isUint,
  devices: listOf(isAny, MAX_OWN_DEVICES),
  removed: listOf(bytesOf(DEVICE_ID_BYTES), MAX_REMOVED),
  edSignature: bytesOf(ED_SIGNATURE_BYTES),
  mlDsaSignature: bytesOf(ML_DSA_SIGNATURE_BYTES),
};

/** Throws when it is no list of the identity's generation. */
export function createDeviceList(crypto: Crypto, identity: IdentitySecret, list: DeviceList): SignedDeviceList {
  if (list.generation !== identity.generation || !isWellFormed(list)) throw new RangeError("not a device list");
  const signature = signTwice(crypto, identity, PURPOSE, encodeUnsigned(identity.id, list));
  return { ...list, bytes: encodeCbor({ v: 1, ...fieldsOf(list), ...signature }) };
}

/** A list that the keys of this card have signed. */
export function parseDeviceList(
  crypto: Crypto,
  bytes: Uint8Array,
  card: Card,
): Result<SignedDeviceList, DeviceListError> {
  const fields = shapedFrom(decodeCbor(bytes, MAX_DEVICE_LIST_BYTES), SHAPE);
  const devices = fields && allShaped(fields.devices, ENTRY);
  if (fields === undefined || devices === undefined) return err("device_list_malformed");
  const { generation, version, removed } = fields;
  const list = { generation, version, devices, removed };
  if (!isWellFormed(list)) return err("device_list_malformed");
  const isAuthentic =
    generation === card.generation && verifyTwice(crypto, card, PURPOSE, encodeUnsigned(card.id, list), fields);
  return isAuthentic ? ok({ ...list, bytes: bytes.slice() }) : err("device_list_not_authentic");
}

/**
 * What two lists of a profile lead to, whichever came first. A higher generation beats all. Within
 * one, all devices count that either list has, but those that either has removed: those never come
 * back. `is`: the list that says this already; `neither`: it has yet to be signed, in a later
 * version.
 */
export function mergeDeviceLists(
  one: DeviceList,
  other: DeviceList,
): { list: DeviceList; is: "one" | "other" | "neither" } {
  if (one.generation !== other.generation)
    return one.generation > other.generation ? { list: one, is: "one" } : { list: other, is: "other" };
  const gone = new Map([...one.removed, ...other.removed].map((id) => [toHex(id), id]));
  const removed = [...gone].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, id]) => id);
  const known = new Map<string, ListedDevice>();
  for (const device of [...one.devices, ...other.devices].toSorted(byEntry).toReversed())
    if (!gone.has(toHex(device.id))) known.set(toHex(device.id), device);
  const devices = [...known.values()].toSorted(byAge).slice(0, MAX_OWN_DEVICES);
  const version = Math.max(one.version, other.version);
  const list = { generation: one.generation, version, devices, removed };
  if (sameList(list, one)) return { list: one, is: "one" };
  if (sameList(list, other)) return { list: other, is: "other" };
  return { list: { ...list, version: version + 1 }, is: "neither" };
}

const entryOf = ({ id, key, addedAt, addedBy }: ListedDevice): string =>
  toHex(encodeCbor({ id, key, addedAt, addedBy }));
const byEntry = (a: ListedDevice, b: ListedDevice): number => (entryOf(a) < entryOf(b) ? -1 : 1);
/** Oldest first, as each device finds it alike. */
const byAge = (a: ListedDevice, b: ListedDevice): number => a.addedAt - b.addedAt || byEntry(a, b);

/** Whether two lists say the same. */
function sameList(one: DeviceList, other: DeviceList): boolean {
  return textOf(one) === textOf(other);
}

const textOf = (list: DeviceList): string => toHex(encodeCbor(fieldsOf(list)));

/** The signatures also name the profile: one of another person's lists is none of this one's. */
const encodeUnsigned = (profileId: Uint8Array, list: DeviceList): Uint8Array =>
  encodeCbor({ v: 1, profileId, ...fieldsOf(list) });

function fieldsOf({ generation, version, devices, removed }: DeviceList) {
  const listed = devices.map(({ id, key, addedAt, addedBy }) => ({ id, key, addedAt, addedBy }));
  return { generation, version, devices: listed, removed };
}

/** Nobody is in it twice, or in it and out; the oldest first, those who are out by rising id. */
function isWellFormed({ devices, removed }: DeviceList): boolean {
  const ids = [...devices.map(({ id }) => toHex(id)), ...removed.map(toHex)];
  const out = removed.map(toHex);
  const isSorted =
    out.every((id, i) => i === 0 || (out[i - 1] ?? "") < id) &&
    devices.every((device, i) => i === 0 || byAge(devices[i - 1] ?? device, device) <= 0);
  return (
    isSorted &&
    new Set(ids).size === ids.length &&
    new Set(devices.map(({ key }) => toHex(key))).size === devices.length
  );
}
