import { kdf, utf8, type Crypto } from "../crypto/index.ts";
import { MAX_CARD_BYTES, MAX_CERTIFICATE_BYTES } from "../identity/index.ts";
import {
  bytesOf,
  bytesUpTo,
  encodeCbor,
  exactly,
  isUint,
  LATEST_MS,
  listOf,
  parseMap,
  textUpTo,
} from "../object/index.ts";
import { MAX_DEVICE_LIST_BYTES } from "./list.ts";

/**
 * What makes a device one of a person's, once both sides have typed the right digits: three objects
 * in the store of the link, each under a seed from the secret of the two sides. Section 7.1.
 */
export type LinkingObject = "wait" | "grant" | "ready" | "entry";

/** From the old device, where nobody has shown to be its person: it grants no earlier than then. */
export type LinkingWait = { readonly until: number };

/** From the old device: who the person is, and who the new device is among their devices. */
export type LinkingGrant = {
  readonly identity: Uint8Array;
  readonly card: Uint8Array;
  readonly certificate: Uint8Array;
  readonly list: Uint8Array;
  /** Reads and writes the person's backups; makes no identity. */
  readonly backup: Uint8Array;
  /** How many key packages the new device brings. */
  readonly packages: number;
};
/** From the new device: a key package for the self conversation, and one for each other. */
export type LinkingReady = { readonly packages: readonly Uint8Array[] };
/**
 * From the old device: the way into the self conversation, and what stands there (`entries`, as
 * `protocol/self` encodes them).
 */
export type LinkingEntry = {
  readonly conversation: Uint8Array;
  readonly store: string;
  readonly feed: number;
  readonly welcome: Uint8Array;
  readonly entries: Uint8Array;
};

/** As many conversations as one exchange brings in; the others ask for more. */
export const MAX_LINKING_PACKAGES = 500;
const MAX_KEY_PACKAGE_BYTES = 16_384;
const MAX_BYTES: Readonly<Record<LinkingObject, number>> = {
  wait: 64,
  grant: 65_536,
  ready: 8_388_608,
  entry: 16_777_216,
};
const WAIT = { v: exactly(1), until: isUint };
const GRANT = {
  v: exactly(1),
  identity: bytesUpTo(1024),
  card: bytesUpTo(MAX_CARD_BYTES),
  certificate: bytesUpTo(MAX_CERTIFICATE_BYTES),
  list: bytesUpTo(MAX_DEVICE_LIST_BYTES),
  backup: bytesOf(32),
  packages: isUint,
};
const READY = { v: exactly(1), packages: listOf(bytesUpTo(MAX_KEY_PACKAGE_BYTES), MAX_LINKING_PACKAGES) };
const ENTRY = {
  v: exactly(1),
  conversation: bytesOf(32),
  store: textUpTo(255),
  feed: isUint,
  welcome: bytesUpTo(1_048_576),
  entries: bytesUpTo(MAX_BYTES.entry),
};

/** The inviter's word that its person typed the right digits: it brings no group. */
export const LINKING_WELCOME = utf8("pli device");

/** `secret`: of the two sides of the exchange. Each seals one object, ever. */
export const linkingSeed = (crypto: Crypto, secret: Uint8Array, name: LinkingObject): Uint8Array =>
  kdf(crypto, secret, `linking ${name}`);

export const maxLinkingBytes = (name: LinkingObject): number => MAX_BYTES[name];

export const encodeLinkingWait = (wait: LinkingWait): Uint8Array => encodeCbor({ v: 1, ...wait });
export const encodeLinkingGrant = (grant: LinkingGrant): Uint8Array => encodeCbor({ v: 1, ...grant });
export const encodeLinkingReady = (ready: LinkingReady): Uint8Array => encodeCbor({ v: 1, ...ready });
export const encodeLinkingEntry = (entry: LinkingEntry): Uint8Array => encodeCbor({ v: 1, ...entry });

export function parseLinkingWait(bytes: Uint8Array): LinkingWait | undefined {
  const wait = parseMap(bytes, MAX_BYTES.wait, WAIT);
  return wait !== undefined && wait.until <= LATEST_MS ? wait : undefined;
}

export function parseLinkingGrant(bytes: Uint8Array): LinkingGrant | undefined {
  const grant = parseMap(bytes, MAX_BYTES.grant, GRANT);
  return grant !== undefined && grant.packages >= 1 && grant.packages <= MAX_LINKING_PACKAGES ? grant : undefined;
}

export const parseLinkingReady = (bytes: Uint8Array): LinkingReady | undefined =>
  parseMap(bytes, MAX_BYTES.ready, READY);
export const parseLinkingEntry = (bytes: Uint8Array): LinkingEntry | undefined =>
  parseMap(bytes, MAX_BYTES.entry, ENTRY);

/**
 * A device that is to come in, as the own devices tell each other: how it calls itself, when it
 * comes, and which device lets it in.
 */
export type ComingDevice = { readonly name: string; readonly until: number; readonly by: Uint8Array };

const COMING = { v: exactly(1), name: textUpTo(256), until: isUint, by: bytesOf(16) };
const MAX_COMING_BYTES = 1024;

export const encodeComingDevice = (coming: ComingDevice): Uint8Array => encodeCbor({ v: 1, ...coming });

export function parseComingDevice(bytes: Uint8Array): ComingDevice | undefined {
  const coming = parseMap(bytes, MAX_COMING_BYTES, COMING);
  return coming !== undefined && coming.until <= LATEST_MS ? coming : undefined;
}
