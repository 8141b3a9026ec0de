/**
 * What a passphrase opens: 1,536 bytes with one salt and two slots of 512 bytes, each sealed or
 * random. The first slot has the key of the profile. The second has, if one was set, the key that a
 * duress passphrase puts in its place; nobody can tell without that passphrase. A passphrase is
 * stretched once and tried on both, and on the slots of the spares that stand beside the record
 * (docs/adr/0039). Slots lie on sectors of their own, to be overwritten in place.
 */
import { text, utf8, type Crypto } from "@pli/protocol/crypto";
import { parseName } from "@pli/protocol/identity";
import { err, ok, type Result } from "@pli/protocol/wire";
import type { PliApi } from "../api/index.ts";
import { PliError } from "../runtime/errors.ts";
import { isTooShort } from "./shortest.ts";

export const LOCK_BYTES = 1536;
export const SLOT_BYTES = 512;
/** Where each slot begins. */
export const FIRST_SLOT = 512;
export const SECOND_SLOT = 1024;

/** What a passphrase costs to try (Argon2id). */
export interface LockCost {
  readonly memoryKiB: number;
  readonly passes: number;
}

/**
 * A key, and how the profile is called that is made with it where there is none; "" for nothing.
 */
export interface Kept {
  readonly key: Uint8Array;
  readonly name: string;
}

/** What a duress passphrase opens: a fresh profile of this name. */
export interface Duress {
  readonly name: string;
  readonly passphrase: string;
}

/** What a passphrase opened. */
export interface OpenedLock extends Kept {
  /** It is the duress passphrase: what the first slot opened goes. */
  readonly isDuress: boolean;
  /** It opened the slot of this spare, and not the record. */
  readonly spare?: number;
  /**
   * The bytes that the first slot has from now on: those it has, or what replaces them. They are
   * written and synced each time, so that both take as long.
   */
  readonly firstSlot: Uint8Array;
}

const COST: LockCost = { memoryKiB: 65_536, passes: 3 };
/** The most that a record may ask for, so that a changed one cannot exhaust the machine. */
const MOST: LockCost = { memoryKiB: 1_048_576, passes: 20 };
const MAGIC = utf8("pli lock");
const VERSION = 2;
const SALT_BYTES = 16;
const SALT_AT = MAGIC.length + 1 + 8;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
const PLAIN_BYTES = SLOT_BYTES - NONCE_BYTES - TAG_BYTES;
const NAME_AT = KEY_BYTES + 2;
const SLOTS = [FIRST_SLOT, SECOND_SLOT] as const;
/** A slot of the record, or the one of a spare, by its number. */
type SlotPlace = (typeof SLOTS)[number] | `spare ${number}`;

/**
 * The slots of the spares beside a record, in their order: each sealed or random, as its own are.
 */
export type Spares = readonly Uint8Array[];

/** The cost and the salt of a record, whatever its slots hold. */
interface Header extends LockCost {
  readonly salt: Uint8Array;
}

/** Checks the length, the version and the cost: whether it can be tried. */
export function parseLock(bytes: Uint8Array): Result<Header, "database_damaged" | "database_newer"> {
  if (bytes.length < SALT_AT + SALT_BYTES || !MAGIC.every((byte, at) => bytes[at] === byte))
    return err("database_damaged");
  if ((bytes[MAGIC.length] ?? 0) > VERSION) return err("database_newer");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const header = {
    memoryKiB: view.getUint32(MAGIC.length + 1),
    passes: view.getUint32(MAGIC.length + 5),
    salt: bytes.slice(SALT_AT, SALT_AT + SALT_BYTES),
  };
  const isWhole = bytes.length === LOCK_BYTES && bytes[MAGIC.length] === VERSION;
  return isWhole && isAffordable(header) ? ok(header) : err("database_damaged");
}

/** A cost that a record may ask for. */
export const isAffordable = ({ memoryKiB, passes }: LockCost): boolean =>
  isWithin(memoryKiB, 8, MOST.memoryKiB) && isWithin(passes, 1, MOST.passes);

const isWithin = (value: number, least: number, most: number): boolean =>
  Number.isSafeInteger(value) && value >= least && value <= most;

/** A record that this passphrase opens, and no other. */
export function createLock(crypto: Crypto, kept: Kept, passphrase: string, cost = COST): Uint8Array {
  refuseShort(passphrase);
  const salt = crypto.random(SALT_BYTES);
  const lock = crypto.random(LOCK_BYTES);
  lock.fill(0, 0, FIRST_SLOT);
  lock.set(MAGIC);
  lock[MAGIC.length] = VERSION;
  const view = new DataView(lock.buffer, lock.byteOffset, lock.length);
  view.setUint32(MAGIC.length + 1, cost.memoryKiB);
  view.setUint32(MAGIC.length + 5, cost.passes);
  lock.set(salt, SALT_AT);
  const wrapping = wrappingKey(crypto, { ...cost, salt }, passphrase);
  lock.set(sealSlot(crypto, wrapping, FIRST_SLOT, kept), FIRST_SLOT);
  crypto.wipe(wrapping);
  return lock;
}

/**
 * The same record with another passphrase for the first slot. What the second holds stays. Throws
 * `passphrase_too_short`, and `passphrase_in_use` where it opens another slot.
 */
export function changeLock(
  crypto: Crypto,
  lock: Uint8Array,
  kept: Kept,
  passphrase: string,
  spares: Spares = [],
): Uint8Array {
  const next = lock.slice();
  next.set(slotBeside(crypto, { lock, spares }, FIRST_SLOT, kept, passphrase), FIRST_SLOT);
  return next;
}

/**
 * The same record with a duress passphrase, instead of the last one. Throws as `changeLock`, and
 * with `name_…`.
 */
export function setDuress(crypto: Crypto, lock: Uint8Array, duress: Duress, spares: Spares = []): Uint8Array {
  const next = lock.slice();
  const kept = freshlyNamed(crypto, duress.name);
  next.set(slotBeside(crypto, { lock, spares }, SECOND_SLOT, kept, duress.passphrase), SECOND_SLOT);
  return next;
}

/** A new key for a profile of this name. Throws `name_…`. */
export function freshlyNamed(crypto: Crypto, name: string): Kept {
  const parsed = parseName(name);
  if (!parsed.ok) throw new PliError(parsed.error);
  return { key: crypto.random(KEY_BYTES), name: parsed.value };
}

/** The slot of a spare that this passphrase opens from now on. Throws as `changeLock`. */
export const spareSlot = (
  crypto: Crypto,
  all: { lock: Uint8Array; spares: Spares },
  spare: number,
  kept: Kept,
  passphrase: string,
): Uint8Array => slotBeside(crypto, all, `spare ${spare}`, kept, passphrase);

/** The same record without a duress passphrase, whether or not there was one. */
export function withoutDuress(crypto: Crypto, lock: Uint8Array): Uint8Array {
  const next = lock.slice();
  next.set(crypto.random(SLOT_BYTES), SECOND_SLOT);
  return next;
}

/**
 * What a passphrase opens; undefined when it opens nothing. Tries every slot, whatever opens, those
 * of spares too.
 */
export function openLock(
  crypto: Crypto,
  lock: Uint8Array,
  passphrase: string,
  spares: Spares = [],
): OpenedLock | undefined {
  const wrapping = wrappingKey(crypto, headerOf(lock), passphrase);
  const opened = placesOf({ lock, spares }).map(([at, slot]) => openSlot(crypto, wrapping, at, slot));
  const [first, second, ...others] = opened;
  const found = others.findIndex((one) => one !== undefined);
  const kept = second ?? first ?? others[found];
  const replaced = kept && sealSlot(crypto, wrapping, FIRST_SLOT, kept);
  crypto.wipe(wrapping);
  for (const one of opened) if (one !== undefined && one !== kept) crypto.wipe(one.key);
  if (kept === undefined || replaced === undefined) return undefined;
  const isDuress = second !== undefined;
  const firstSlot = isDuress ? replaced : lock.slice(FIRST_SLOT, FIRST_SLOT + SLOT_BYTES);
  const isSpare = first === undefined && !isDuress;
  return { ...kept, isDuress, firstSlot, ...(isSpare && { spare: found }) };
}

/**
 * What a passphrase becomes, whatever it opens: 32 bytes, to be wiped. The same characters, typed
 * on another keyboard, are the same passphrase.
 */
export const stretched = (crypto: Crypto, passphrase: string, salt: Uint8Array, cost: LockCost): Uint8Array =>
  crypto.argon2id(utf8(passphrase.normalize("NFKC")), salt, cost);

/** A key that came with a name makes the profile of this name where there is none. */
export async function makeProfile(api: Pick<PliApi, "createProfile" | "read">, name: string): Promise<void> {
  if (name !== "" && (await api.read("status", {})).profile === undefined) await api.createProfile({ name });
}

/** A slot for a place, under a passphrase that opens no other place. */
function slotBeside(
  crypto: Crypto,
  all: { lock: Uint8Array; spares: Spares },
  own: SlotPlace,
  kept: Kept,
  passphrase: string,
): Uint8Array {
  refuseShort(passphrase);
  const wrapping = wrappingKey(crypto, headerOf(all.lock), passphrase);
  try {
    for (const [at, slot] of placesOf(all)) {
      const taken = at === own ? undefined : openSlot(crypto, wrapping, at, slot);
      if (taken === undefined) continue;
      crypto.wipe(taken.key);
      throw new PliError("passphrase_in_use");
    }
    return sealSlot(crypto, wrapping, own, kept);
  } finally {
    crypto.wipe(wrapping);
  }
}

/** Every slot that a passphrase may open, the record's first. */
const placesOf = ({ lock, spares }: { lock: Uint8Array; spares: Spares }): [SlotPlace, Uint8Array][] => [
  ...SLOTS.map((at): [SlotPlace, Uint8Array] => [at, lock.subarray(at, at + SLOT_BYTES)]),
  ...spares.map((slot, number): [SlotPlace, Uint8Array] => [`spare ${number}`, slot]),
];

function refuseShort(passphrase: string): void {
  if (isTooShort(passphrase)) throw new PliError("passphrase_too_short");
}

function headerOf(lock: Uint8Array): Header {
  const header = parseLock(lock);
  if (!header.ok) throw new PliError(header.error);
  return header.value;
}

const wrappingKey = (crypto: Crypto, { salt, ...cost }: Header, passphrase: string): Uint8Array =>
  stretched(crypto, passphrase, salt, cost);

/** A slot is of its place: moved to the other one it opens nothing. */
const aad = (at: SlotPlace): Uint8Array => utf8(`pli lock v2 ${at}`);

function sealSlot(crypto: Crypto, wrapping: Uint8Array, at: SlotPlace, { key, name }: Kept): Uint8Array {
  const encoded = utf8(name);
  if (key.length !== KEY_BYTES || NAME_AT + encoded.length > PLAIN_BYTES) throw new RangeError("too long for a slot");
  const plain = new Uint8Array(PLAIN_BYTES);
  plain.set(key);
  new DataView(plain.buffer).setUint16(KEY_BYTES, encoded.length);
  plain.set(encoded, NAME_AT);
  const nonce = crypto.random(NONCE_BYTES);
  const slot = new Uint8Array(SLOT_BYTES);
  slot.set(nonce);
  slot.set(crypto.aeadSeal(wrapping, nonce, plain, aad(at)), NONCE_BYTES);
  crypto.wipe(plain);
  return slot;
}

function openSlot(crypto: Crypto, wrapping: Uint8Array, at: SlotPlace, slot: Uint8Array): Kept | undefined {
  const nonce = slot.subarray(0, NONCE_BYTES);
  const plain = crypto.aeadOpen(wrapping, nonce, slot.subarray(NONCE_BYTES), aad(at));
  if (plain === undefined) return undefined;
  const length = new DataView(plain.buffer, plain.byteOffset, plain.length).getUint16(KEY_BYTES);
  const name = text(plain.subarray(NAME_AT, NAME_AT + length)) ?? "";
  const key = plain.slice(0, KEY_BYTES);
  crypto.wipe(plain);
  return { key, name };
}
