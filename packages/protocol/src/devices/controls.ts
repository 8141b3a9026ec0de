import {
  allShaped,
  bytesOf,
  bytesUpTo,
  encodeCbor,
  exactly,
  isAny,
  isUint,
  listOf,
  parseMap,
  textUpTo,
} from "../object/index.ts";

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

/**
 * What this person has erased: its id, its author, and the first bytes of a hash of its content.
 */
export type ErasedMessage = { readonly id: Uint8Array; readonly author: Uint8Array; readonly mark: Uint8Array };
export type Erased = { readonly messages: readonly ErasedMessage[] };

/** As many as fit into one control. */
export const MAX_ERASED = 256;
export const ERASED_MARK_BYTES = 16;
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
const ONE_ERASED = { id: bytesOf(32), author: bytesOf(32), mark: bytesOf(ERASED_MARK_BYTES) };
const ERASED = { v: exactly(1), messages: listOf(isAny, MAX_ERASED) };
const LEAF = { v: exactly(1), conversation: bytesOf(32) };

export const encodeOwnLeaf = (leaf: OwnLeaf): Uint8Array => encodeCbor({ v: 1, ...leaf });
export const encodeDeviceKeys = (keys: DeviceKeys): Uint8Array => encodeCbor({ v: 1, ...keys });
export const encodeDeviceKeysWanted = (wanted: DeviceKeysWanted): Uint8Array => encodeCbor({ v: 1, ...wanted });
export const encodeLeafWanted = (wanted: LeafWanted): Uint8Array => encodeCbor({ v: 1, ...wanted });

export const encodeErased = ({ messages }: Erased): Uint8Array =>
  encodeCbor({ v: 1, messages: messages.map(({ id, author, mark }) => ({ id, author, mark })) });

export const parseOwnLeaf = (bytes: Uint8Array): OwnLeaf | undefined => parseMap(bytes, MAX_CONTROL_BYTES, OWN_LEAF);
export const parseDeviceKeys = (bytes: Uint8Array): DeviceKeys | undefined => parseMap(bytes, MAX_CONTROL_BYTES, KEYS);
export const parseLeafWanted = (bytes: Uint8Array): LeafWanted | undefined => parseMap(bytes, MAX_CONTROL_BYTES, LEAF);

export function parseDeviceKeysWanted(bytes: Uint8Array): DeviceKeysWanted | undefined {
  const wanted = parseMap(bytes, MAX_CONTROL_BYTES, WANTED);
  return wanted !== undefined && wanted.count <= MAX_DEVICE_KEYS_WANTED ? wanted : undefined;
}

export function parseErased(bytes: Uint8Array): Erased | undefined {
  const fields = parseMap(bytes, MAX_CONTROL_BYTES, ERASED);
  const messages = fields && allShaped(fields.messages, ONE_ERASED);
  return messages && { messages };
}
