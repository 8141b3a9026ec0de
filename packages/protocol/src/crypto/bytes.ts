const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const HEX = "0123456789abcdef";

/** UTF-8 bytes of a text. */
export function utf8(value: string): Uint8Array {
  return encoder.encode(value);
}

/**
 * The text these UTF-8 bytes spell, or undefined when they are not valid UTF-8. A byte order mark
 * is kept.
 */
export function text(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** One new array holding all parts in order. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** Lower-case hexadecimal. */
export function toHex(bytes: Uint8Array): string {
  let out = "";
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    out += HEX.charAt(byte >> 4) + HEX.charAt(byte & 15);
  }
  return out;
}

/** Bytes of a lower-case hexadecimal text, or undefined for anything else. */
export function fromHex(value: string): Uint8Array | undefined {
  if (value.length % 2 !== 0) return undefined;
  const bytes = new Uint8Array(value.length / 2);
  for (let i = 0; i < bytes.length; i++) {
    const high = digit(HEX, value, 2 * i);
    const low = digit(HEX, value, 2 * i + 1);
    if (high < 0 || low < 0) return undefined;
    bytes[i] = high * 16 + low;
  }
  return bytes;
}

/** Base64url without padding (RFC 4648, section 5). */
export function toBase64Url(bytes: Uint8Array): string {
  let out = "";
  let bits = 0;
  let pending = 0;
  for (const byte of bytes) {
    pending = ((pending << 8) | byte) & 0xffff;
    bits += 8;
    for (; bits >= 6; bits -= 6) out += BASE64URL.charAt((pending >> (bits - 6)) & 63);
  }
  return bits === 0 ? out : out + BASE64URL.charAt((pending << (6 - bits)) & 63);
}

/**
 * Bytes of a canonical base64url text; undefined for padding, other characters, or left-over bits
 * that are not zero.
 */
export function fromBase64Url(value: string): Uint8Array | undefined {
  if (value.length % 4 === 1) return undefined;
  const bytes = new Uint8Array(Math.floor((value.length * 3) / 4));
  let bits = 0;
  let pending = 0;
  let at = 0;
  for (let i = 0; i < value.length; i++) {
    const six = digit(BASE64URL, value, i);
    if (six < 0) return undefined;
    pending = ((pending << 6) | six) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (pending >> bits) & 255;
    }
  }
  return (pending & ((1 << bits) - 1)) === 0 ? bytes : undefined;
}

/** Unsigned 16-bit big-endian. */
export function u16(value: number): Uint8Array {
  return new Uint8Array([value >>> 8, value]);
}

function digit(alphabet: string, value: string, at: number): number {
  return alphabet.indexOf(value.charAt(at));
}
