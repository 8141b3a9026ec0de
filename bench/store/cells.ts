import { randomBytes, randomFillSync } from "node:crypto";

const KEY_BYTES = 32;
export const VALUE_BYTES = 4096;
const POOL = 256;

const values = Array.from({ length: POOL }, () => randomBytes(VALUE_BYTES));
let made = 0;

/** 32 fresh random bytes. */
export const freshKey = (): Buffer => randomFillSync(Buffer.allocUnsafe(KEY_BYTES));

/** 4,096 bytes that no compression shortens, at little cost: a copy of one of 256 random values, a number in front. */
export const freshValue = (number = (made += 1)): Buffer => {
  const value = Buffer.allocUnsafe(VALUE_BYTES);
  value.set(values[Math.abs(number) % POOL] as Buffer);
  value.writeDoubleBE(number, 0);
  return value;
};

/** The number in front of a value. */
export const numberOf = (value: Uint8Array): number =>
  new DataView(value.buffer, value.byteOffset, value.byteLength).getFloat64(0);
