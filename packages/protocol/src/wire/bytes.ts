/**
 * Reads fixed-size fields in order. Past the end every read gives zeros and `ended()` is false from
 * then on, so that a parser reads all its fields and asks once. Values of `take` are views into the
 * frame, not copies.
 */
export class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;
  #broken = false;

  constructor(frame: Uint8Array) {
    this.#bytes = frame;
  }

  u8(): number {
    return this.#number(1);
  }

  u16(): number {
    return this.#number(2);
  }

  u32(): number {
    return this.#number(4);
  }

  /** A u64; above 2^53 - 1 the frame counts as malformed. */
  u64(): number {
    const value = this.#number(8);
    if (!Number.isSafeInteger(value)) this.#broken = true;
    return this.#broken ? 0 : value;
  }

  take(size: number): Uint8Array {
    if (size > this.left()) this.#broken = true;
    if (this.#broken) return new Uint8Array(0);
    const { buffer, byteOffset } = this.#bytes;
    this.#at += size;
    return new Uint8Array(buffer, byteOffset + this.#at - size, size);
  }

  left(): number {
    return this.#bytes.length - this.#at;
  }

  /** True when every field was there and nothing follows. */
  ended(): boolean {
    return !this.#broken && this.left() === 0;
  }

  #number(size: number): number {
    if (size > this.left()) this.#broken = true;
    if (this.#broken) return 0;
    let value = 0;
    for (const end = this.#at + size; this.#at < end; this.#at += 1) value = value * 256 + (this.#bytes[this.#at] ?? 0);
    return value;
  }
}

/** A field of a frame to write: its bytes, or a number and how many bytes it takes, big endian. */
export type Field = Uint8Array | { readonly value: number; readonly size: 1 | 2 | 4 | 8 };

export const u8 = (value: number): Field => ({ value, size: 1 });
export const u16 = (value: number): Field => ({ value, size: 2 });
export const u32 = (value: number): Field => ({ value, size: 4 });
export const u64 = (value: number): Field => ({ value, size: 8 });

/**
 * The fields one after the other, behind `room` bytes left free. Throws RangeError when a number
 * does not fit its field: our own mistake.
 */
export const bytesFromFields = (fields: readonly Field[], room = 0): Uint8Array<ArrayBuffer> => {
  let size = room;
  for (const field of fields) size += sizeOf(field);
  const frame = new Uint8Array(size);
  let at = room;
  for (const field of fields) {
    if (field instanceof Uint8Array) frame.set(field, at);
    else writeNumber(frame, at, field.value, field.size);
    at += sizeOf(field);
  }
  return frame;
};

const sizeOf = (field: Field): number => (field instanceof Uint8Array ? field.length : field.size);

const writeNumber = (frame: Uint8Array, at: number, value: number, size: number): void => {
  const tooLarge = !Number.isSafeInteger(value) || value < 0 || (size < 8 && value >= 256 ** size);
  if (tooLarge) throw new RangeError(`${value} does not fit ${size} bytes`);
  let rest = value;
  for (let i = at + size - 1; i >= at; i -= 1) {
    frame[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
};
