import { bytesOf, bytesUpTo, encodeCbor, exactly, isUint, listOf, parseMap, textUpTo } from "../object/index.ts";

/** What devices of one person tell each other in their conversation (section 7.2). */

/** The way into a conversation of two: the object with the welcome, in the conversation's store. */
export type OwnLeaf = {
  readonly conversation: Uint8Array;
  readonly store: string;
  readonly feed: number;
  readonly seed: Uint8Array;
  readonly length: number;
};
/** Key packages of the device that says it: each is for one conversation. */
export type DeviceKeys = { readonly packages: readonly Uint8Array[] };
/** `device` is to give `count` of them. */
export type DeviceKeysWanted = { readonly device: Uint8Array; readonly count: number };
/** Its author cannot go on in this conversation: its leaf is to go, and to come again. */
export type LeafWanted = { readonly conversation: Uint8Array };

/** As many as fit into one control. */
export const MAX_DEVICE_KEYS = 6;
export const MAX_DEVICE_KEYS_WANTED = 64;
const MAX_CONTROL_BYTES = 32_768;
const OWN_LEAF = {
  v: exactly(1),
  conversation: bytesOf(32),
  store: textUpTo(255),
  feed: isUint,
  seed: bytesOf(32),
  length: isUint,
};
const KEYS = { v: exactly(1), packages: listOf(bytesUpTo(16_384), MAX_DEVICE_KEYS) };
const WANTED = { v: exactly(1), device: bytesOf(16), count: isUint };
const LEAF = { v: exactly(1), conversation: bytesOf(32) };

export const encodeOwnLeaf = (leaf: OwnLeaf): Uint8Array => encodeCbor({ v: 1, ...leaf });
export const encodeDeviceKeys = (keys: DeviceKeys): Uint8Array => encodeCbor({ v: 1, ...keys });
export const encodeDeviceKeysWanted = (wanted: DeviceKeysWanted): Uint8Array => encodeCbor({ v: 1, ...wanted });
export const encodeLeafWanted = (wanted: LeafWanted): Uint8Array => encodeCbor({ v: 1, ...wanted });

export const parseOwnLeaf = (bytes: Uint8Array): OwnLeaf | undefined => parseMap(bytes, MAX_CONTROL_BYTES, OWN_LEAF);
export const parseDeviceKeys = (bytes: Uint8Array): DeviceKeys | undefined => parseMap(bytes, MAX_CONTROL_BYTES, KEYS);
export const parseLeafWanted = (bytes: Uint8Array): LeafWanted | undefined => parseMap(bytes, MAX_CONTROL_BYTES, LEAF);

export function parseDeviceKeysWanted(bytes: Uint8Array): DeviceKeysWanted | undefined {
  const wanted = parseMap(bytes, MAX_CONTROL_BYTES, WANTED);
  return wanted !== undefined && wanted.count <= MAX_DEVICE_KEYS_WANTED ? wanted : undefined;
}
