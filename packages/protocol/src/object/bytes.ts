/** Whether two public byte strings are equal. Not for secrets: `Crypto.equal` is. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false;
  return true;
}

/** Unsigned 32-bit big-endian. */
export function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

/** The unsigned 32-bit big-endian number at the start of `bytes`, of which there are at least 4. */
export function u32From(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0);
}

/** Unsigned 64-bit big-endian. */
export function u64(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
}

/**
 * The unsigned 64-bit big-endian number at the start of `bytes`, of which there are at least 8;
 * inexact beyond 2^53 - 1.
 */
export function u64From(bytes: Uint8Array): number {
  return Number(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(0));
}

/** `bytes` and zeros up to `length`. */
export function padded(bytes: Uint8Array, length: number): Uint8Array {
  if (bytes.length > length) throw new RangeError("longer than its padding");
  const whole = new Uint8Array(length);
  whole.set(bytes);
  return whole;
}

/** By index: `for … of` over the padding of a cell takes ten times as long. */
export function isZero(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if (bytes[i] !== 0) return false;
  return true;
}
