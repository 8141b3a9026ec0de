import { decode, encode, rfc8949EncodeOptions } from "cborg";
import { sameBytes } from "./bytes.ts";

/** What our structures are made of. Maps with keys that are not all text come as `Map`. */
export type CborValue =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | readonly CborValue[]
  | ReadonlyMap<CborValue, CborValue>
  | { readonly [key: string]: CborValue };

/** Says whether a decoded value is a `T`. */
export type Guard<T> = (value: unknown) => value is T;
export type Shape = Readonly<Record<string, Guard<unknown>>>;
export type Shaped<S extends Shape> = { readonly [K in keyof S]: S[K] extends Guard<infer T> ? T : never };

const MAX_DEPTH = 16;
const STRICT = {
  strict: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowInfinity: false,
  allowNaN: false,
  allowBigInt: false,
  rejectDuplicateMapKeys: true,
  useMaps: true,
} as const;

/**
 * Core deterministic encoding (RFC 8949, section 4.2.1), in memory of its own: in Node cborg gives
 * pooled Buffers.
 */
export const encodeCbor = (value: CborValue): Uint8Array => new Uint8Array(encode(value, rfc8949EncodeOptions));

/**
 * The one value these bytes encode; maps come as `Map`. Undefined when they are more than
 * `maxBytes`, nested deeper than 16, followed by anything, or not exactly what `encodeCbor` would
 * have written.
 */
export function decodeCbor(bytes: Uint8Array, maxBytes: number): unknown {
  if (bytes.length > maxBytes || deeperThan(bytes, MAX_DEPTH)) return undefined;
  try {
    const value: unknown = decode(plainBytes(bytes), STRICT);
    return sameBytes(encode(value, rfc8949EncodeOptions), bytes) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The map these bytes encode, when it has exactly the fields of `shape` and nothing else; otherwise
 * undefined.
 */
export function parseMap<S extends Shape>(bytes: Uint8Array, maxBytes: number, shape: S): Shaped<S> | undefined {
  return shapedFrom(decodeCbor(bytes, maxBytes), shape);
}

/** The same for a value already decoded. */
export function shapedFrom<S extends Shape>(value: unknown, shape: S): Shaped<S> | undefined {
  const fields = Object.entries(shape);
  if (!(value instanceof Map) || value.size !== fields.length) return undefined;
  if (!fields.every(([name, guard]) => value.has(name) && guard(value.get(name)))) return undefined;
  return Object.fromEntries(value) as Shaped<S>;
}

/** Each of these as `shapedFrom` has it; undefined when one of them has another shape. */
export function allShaped<S extends Shape>(values: readonly unknown[], shape: S): Shaped<S>[] | undefined {
  const all = values.map((value) => shapedFrom(value, shape)).filter((one) => one !== undefined);
  return all.length === values.length ? all : undefined;
}

/** For a list of maps: `allShaped` looks into them. */
export const isAny = (value: unknown): value is unknown => value !== undefined;
export const isBytes = (value: unknown): value is Uint8Array => value instanceof Uint8Array;
export const isBoolean = (value: unknown): value is boolean => typeof value === "boolean";
/** A whole number from 0 to 2^53 - 1. */
export const isUint = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
export const bytesOf =
  (length: number): Guard<Uint8Array> =>
  (value): value is Uint8Array =>
    isBytes(value) && value.length === length;
export const bytesUpTo =
  (length: number): Guard<Uint8Array> =>
  (value): value is Uint8Array =>
    isBytes(value) && value.length <= length;
/** Text of at most `length` UTF-16 units. */
export const textUpTo =
  (length: number): Guard<string> =>
  (value): value is string =>
    typeof value === "string" && value.length <= length;
export const exactly =
  <const T extends string | number>(wanted: T): Guard<T> =>
  (value): value is T =>
    value === wanted;
export const oneOf =
  <const T extends string>(...all: readonly T[]): Guard<T> =>
  (value): value is T =>
    typeof value === "string" && (all as readonly string[]).includes(value);
/** A list of at most `most` items. */
export const listOf =
  <T>(item: Guard<T>, most: number): Guard<readonly T[]> =>
  (value): value is readonly T[] =>
    Array.isArray(value) && value.length <= most && value.every(item);
export const orNull =
  <T>(guard: Guard<T>): Guard<T | null> =>
  (value): value is T | null =>
    value === null || guard(value);

/** Never a Buffer, whose `slice` would make the decoded values views of the input. */
function plainBytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Walks the heads of the items, so that a hostile nesting never reaches the recursive decoder. */
function deeperThan(bytes: Uint8Array, limit: number): boolean {
  const open: number[] = [];
  for (let at = 0; at < bytes.length;) {
    const head = bytes[at] ?? 0;
    const { argument, size } = argumentAt(bytes, at);
    const major = head >> 5;
    at += size + (major === 2 || major === 3 ? argument : 0);
    while (open.length > 0 && open.at(-1) === 0) open.pop();
    if (open.length > 0) open.push((open.pop() ?? 1) - 1);
    if (major >= 4 && major <= 6) open.push(itemsIn(major, argument));
    if (open.length > limit) return true;
  }
  return false;
}

function itemsIn(major: number, argument: number): number {
  if (major === 6) return 1;
  return major === 5 ? argument * 2 : argument;
}

function argumentAt(bytes: Uint8Array, at: number): { argument: number; size: number } {
  const short = (bytes[at] ?? 0) & 31;
  if (short < 24) return { argument: short, size: 1 };
  const length = short < 28 ? 2 ** (short - 24) : 0;
  const argument = bytes.subarray(at + 1, at + 1 + length).reduce((sum, byte) => sum * 256 + byte, 0);
  return { argument, size: 1 + length };
}
