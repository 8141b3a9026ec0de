/**
 * Backups: what a person needs to be themselves again on an empty device, sealed in the store under
 * labels that only they can derive. docs/protocol.md, section 8.3.
 */
import { concat, kdf, utf8, type Crypto } from "../crypto/index.ts";
import { MAX_OWN_DEVICES, MAX_REMOVED } from "../devices/index.ts";
import { DEVICE_ID_BYTES, MAX_CARD_BYTES } from "../identity/index.ts";
import {
  allShaped,
  bytesOf,
  bytesUpTo,
  decodeCbor,
  encodeCbor,
  exactly,
  isAny,
  isBoolean,
  isUint,
  listOf,
  MAX_OBJECT_BYTES,
  oneOf,
  orNull,
  padObject,
  shapedFrom,
  textUpTo,
  unpadObject,
  type Guard,
  type LeastSize,
  type Shaped,
} from "../object/index.ts";
import { u32 } from "../object/bytes.ts";
import { err, ok, type Result } from "../wire/index.ts";

/** Where a backup stands: the week since 1970 by the store's clock, and the how-manieth of it. */
export interface BackupPlace {
  readonly week: number;
  readonly n: number;
}

/** Backups that a week has room for. */
export const BACKUPS_A_WEEK = 64;
export const MAX_BACKUP_OBJECT_BYTES = MAX_OBJECT_BYTES;
const VERSION = 1;
/** Of what is inside. */
const CONTENT_VERSION = 2;
const SALT_BYTES = 32;
const MAX_CONTACTS = 20_000;
const MAX_GROUPS = 5_000;
const MAX_MEMBERS = 2_000;
const MAX_ADDRESS_CHARS = 2_048;
const MAX_TEXT_CHARS = 256;

const PAIRWISE = { secret: bytesOf(32), own: isUint, peer: isUint } as const;
const isPairwise = shaped(PAIRWISE);
const CONTACT = {
  card: bytesUpTo(MAX_CARD_BYTES),
  generation: isUint,
  pairwise: isPairwise,
  former: orNull(isPairwise),
  role: oneOf("inviter", "responder"),
  level: isUint,
  givenName: textUpTo(MAX_TEXT_CHARS),
  blocked: isBoolean,
  pairedAt: isUint,
  shared: bytesOf(32),
  store: textUpTo(MAX_ADDRESS_CHARS),
  feed: isUint,
  muted: isBoolean,
} as const;
const MEMBER = { profile: bytesOf(32), role: oneOf("owner", "admin", "member", "reader"), devices: isUint } as const;
const GROUP = {
  shared: bytesOf(32),
  store: textUpTo(MAX_ADDRESS_CHARS),
  feed: isUint,
  name: textUpTo(MAX_TEXT_CHARS),
  muted: isBoolean,
  members: listOf(shaped(MEMBER), MAX_MEMBERS),
} as const;
const DEVICE = { id: bytesOf(DEVICE_ID_BYTES), key: bytesOf(32) } as const;
const BACKUP = {
  v: exactly(CONTENT_VERSION),
  madeAt: isUint,
  profile: bytesOf(32),
  name: textUpTo(MAX_TEXT_CHARS),
  issuedAt: isUint,
  createdAt: isUint,
  generation: isUint,
  devices: listOf(isAny, MAX_OWN_DEVICES),
  removed: listOf(bytesOf(DEVICE_ID_BYTES), MAX_REMOVED),
  contacts: listOf(shaped(CONTACT), MAX_CONTACTS),
  groups: listOf(shaped(GROUP), MAX_GROUPS),
  settings: listOf(textUpTo(MAX_TEXT_CHARS), 64),
} as const;

/** A secret of two people, and the generations of the keys by which they made it. */
export type BackedPairwise = Shaped<typeof PAIRWISE>;
export type BackedContact = Omit<Shaped<typeof CONTACT>, "pairwise" | "former"> & {
  readonly pairwise: BackedPairwise;
  readonly former: BackedPairwise | null;
};
export type BackedGroup = Omit<Shaped<typeof GROUP>, "members"> & {
  readonly members: readonly Shaped<typeof MEMBER>[];
};
/**
 * Times in ms, `issuedAt` in seconds. `settings`: the names of those that are on. `devices` and
 * `removed`: of the list of the person's devices.
 */
export type Backup = Omit<Shaped<typeof BACKUP>, "v" | "contacts" | "groups" | "devices"> & {
  readonly devices: readonly Shaped<typeof DEVICE>[];
  readonly contacts: readonly BackedContact[];
  readonly groups: readonly BackedGroup[];
};

export function encodeBackup(backup: Backup): Uint8Array {
  return encodeCbor({ v: CONTENT_VERSION, ...backup });
}

export function parseBackup(bytes: Uint8Array): Result<Backup, "backup_malformed" | "backup_newer"> {
  const decoded = decodeCbor(bytes, MAX_OBJECT_BYTES);
  const version: unknown = decoded instanceof Map ? decoded.get("v") : undefined;
  if (isUint(version) && version > CONTENT_VERSION) return err("backup_newer");
  const fields = shapedFrom(decoded, BACKUP);
  const devices = fields && allShaped(fields.devices, DEVICE);
  if (fields === undefined || devices === undefined) return err("backup_malformed");
  const { v: _, ...rest } = fields;
  const contacts = rest.contacts.map((contact) => contactFrom(contact));
  const groups = rest.groups.map((group) => groupFrom(group));
  return ok({ ...rest, devices, contacts, groups });
}

/** The place behind this one; undefined: its week has no more. */
export const placeBehind = ({ week, n }: BackupPlace): BackupPlace | undefined =>
  n + 1 < BACKUPS_A_WEEK ? { week, n: n + 1 } : undefined;

/** The next place of a week. `last`: the last that was used there; undefined: none is known. */
export const nextPlace = (week: number, last: BackupPlace | undefined): BackupPlace | undefined =>
  last?.week === week ? placeBehind(last) : { week, n: 0 };

/** The seed of the object at a place. */
export function backupSeed(crypto: Crypto, secret: Uint8Array, place: BackupPlace): Uint8Array {
  return kdf(crypto, secret, "backup object", bytesOfPlace(place));
}

/**
 * The bytes of the object at a place. The key of the content is fresh: two contents at one place,
 * of which the store takes one, show a hostile store nothing. Throws RangeError when it is too
 * long.
 */
export function sealBackup(
  crypto: Crypto,
  secret: Uint8Array,
  place: BackupPlace,
  content: Uint8Array,
  least?: LeastSize,
): Uint8Array {
  const salt = crypto.random(SALT_BYTES);
  const key = kdf(crypto, secret, "backup content", salt);
  const sealed = crypto.aeadSeal(key, new Uint8Array(12), content, aadOf(place));
  return padObject(concat(Uint8Array.of(VERSION), salt, sealed), least);
}

/** `backup_sealed`: it is no backup by the holder of this secret at this place. */
export function openBackup(
  crypto: Crypto,
  secret: Uint8Array,
  place: BackupPlace,
  object: Uint8Array,
  least?: LeastSize,
): Result<Uint8Array, "backup_sealed" | "backup_newer"> {
  const bytes = unpadObject(object, least);
  const version = bytes?.[0];
  if (bytes === undefined || version === undefined || version === 0) return err("backup_sealed");
  if (version > VERSION) return err("backup_newer");
  const salt = bytes.subarray(1, 1 + SALT_BYTES);
  if (salt.length < SALT_BYTES) return err("backup_sealed");
  const key = kdf(crypto, secret, "backup content", salt);
  const content = crypto.aeadOpen(key, new Uint8Array(12), bytes.subarray(1 + SALT_BYTES), aadOf(place));
  return content === undefined ? err("backup_sealed") : ok(content);
}

const aadOf = (place: BackupPlace): Uint8Array => concat(utf8("pli backup v1\0"), bytesOfPlace(place));

function bytesOfPlace({ week, n }: BackupPlace): Uint8Array {
  if (!isUint(week) || week > 0xffff_ffff) throw new RangeError("a week is a number of 32 bits");
  if (!isUint(n) || n >= BACKUPS_A_WEEK) throw new RangeError("no such backup");
  return concat(u32(week), Uint8Array.of(n));
}

/** A guard for a map of exactly these fields. */
function shaped<S extends Parameters<typeof shapedFrom>[1]>(shape: S): Guard<Shaped<S>> {
  return (value): value is Shaped<S> => shapedFrom(value, shape) !== undefined;
}

/** The guards of lists let maps pass as they were decoded. */
type Decoded = Readonly<Record<string, unknown>>;
const recordFrom = (map: unknown): Decoded => Object.fromEntries(map as Map<string, unknown>);

function contactFrom(map: unknown): BackedContact {
  const { pairwise, former, ...fields } = recordFrom(map);
  const secrets = { pairwise: recordFrom(pairwise), former: former === null ? null : recordFrom(former) };
  return { ...fields, ...secrets } as unknown as BackedContact;
}

function groupFrom(map: unknown): BackedGroup {
  const { members, ...fields } = recordFrom(map);
  return { ...fields, members: (members as readonly unknown[]).map(recordFrom) } as unknown as BackedGroup;
}
