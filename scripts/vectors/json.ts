import { createCrypto, createSeededCrypto, toHex, utf8, type Crypto } from "@pli/protocol/crypto";

/** A file of vectors, before it is JSON: bytes are `{ "hex": … }`. */
export type VectorFile = {
  readonly structure: string;
  readonly about: string;
  readonly valid: readonly Record<string, unknown>[];
  readonly invalid: readonly (Record<string, unknown> & { readonly name: string; readonly error: string })[];
};

/** The real primitives with repeatable randomness, another for each file. */
export async function seededFor(structure: string): Promise<Crypto> {
  return createSeededCrypto(await createCrypto(), utf8(`pli vectors ${structure}`));
}

/** JSON of two spaces, one line to the end, bytes as `{ "hex": … }`, absent fields left out. */
export function encodeVectors(file: VectorFile): string {
  return `${JSON.stringify(file, (_, value: unknown) => (value instanceof Uint8Array ? { hex: toHex(value) } : value), 2)}\n`;
}

/** Bytes to seal and to say: byte i is 7 i mod 251. */
export function patternOf(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (7 * i) % 251);
}

export function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

/**
 * Valid bytes truncated and lengthened, refused alike; `more` goes with each, `of` before each
 * name.
 */
export function damaged(bytes: Uint8Array, error: string, more: Readonly<Record<string, unknown>> = {}, of = "") {
  return [
    { ...more, name: `${of}nothing`, bytes: new Uint8Array(0), error },
    { ...more, name: `${of}one byte short`, bytes: bytes.slice(0, -1), error },
    { ...more, name: `${of}one byte more`, bytes: Uint8Array.of(...bytes, 0), error },
  ];
}
