import { randomBytes, randomFillSync } from "node:crypto";

const KEY_BYTES = 32;
export const VALUE_BYTES = 4096;
/** More than are ever under way at once. */
const POOL = 4096;

const values = Array.from({ length: POOL }, () => randomBytes(VALUE_BYTES));
let made = 0;
let keys = Buffer.alloc(0);

/**
 * 32 fresh random bytes, drawn a thousand at a time: the client's work is to be little beside the
 * server's.
 */
export const freshKey = (): Buffer => {
  if (keys.length === 0) keys = randomFillSync(Buffer.allocUnsafe(1000 * KEY_BYTES));
  const key = keys.subarray(0, KEY_BYTES);
  keys = keys.subarray(KEY_BYTES);
  return key;
};

/**
 * 4,096 bytes that no compression shortens, with a number in front. It is one of 4,096 random
 * values, which are reused in turn.
 */
export const freshValue = (number = (made += 1)): Buffer => {
  const value = values[Math.abs(number) % POOL] as Buffer;
  value.writeDoubleBE(number, 0);
  return value;
};

/** The number in front of a value. */
export const numberOf = (value: Uint8Array): number =>
  new DataView(value.buffer, value.byteOffset, value.byteLength).getFloat64(0);
