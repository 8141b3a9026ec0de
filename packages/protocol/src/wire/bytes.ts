/** Reads fixed-size fields in order. Past the end every read gives zeros and `ended()` is false from then on, so that a parser
 * reads all its fields and asks once. Values of `take` are views into the frame, not copies. */
export interface Reader {
  u8(): number;
  u16(): number;
  u32(): number;
  /** A u64; above 2^53 - 1 the frame counts as malformed. */
  u64(): number;
  take(size: number): Uint8Array;
  left(): number;
  /** True when every field was there and nothing follows. */
  ended(): boolean;
}

export const createReader = (frame: Uint8Array): Reader => {
  const bytes = new Uint8Array(frame.buffer, frame.byteOffset, frame.byteLength);
  let at = 0;
  let broken = false;
  const take = (size: number): Uint8Array => {
    if (size > bytes.length - at) broken = true;
    if (broken) return new Uint8Array(0);
    at += size;
    return bytes.subarray(at - size, at);
  };
  const number = (size: number): number => take(size).reduce((sum, byte) => sum * 256 + byte, 0);
  const u64 = (): number => {
    const value = number(8);
    if (!Number.isSafeInteger(value)) broken = true;
    return broken ? 0 : value;
  };
  return {
    u8: () => number(1),
    u16: () => number(2),
    u32: () => number(4),
    u64,
    take,
    left: () => bytes.length - at,
    ended: () => !broken && at === bytes.length,
  };
};

/** A field of a frame to write: its bytes, or a number and how many bytes it takes, big endian. */
export type Field = Uint8Array | { readonly value: number; readonly size: 1 | 2 | 4 | 8 };

export const u8 = (value: number): Field => ({ value, size: 1 });
export const u16 = (value: number): Field => ({ value, size: 2 });
export const u32 = (value: number): Field => ({ value, size: 4 });
export const u64 = (value: number): Field => ({ value, size: 8 });

/** The fields one after the other. Throws RangeError when a number does not fit its field: our own mistake. */
export const bytesFromFields = (fields: readonly Field[]): Uint8Array<ArrayBuffer> => {
  const frame = new Uint8Array(fields.reduce((sum, field) => sum + sizeOf(field), 0));
  let at = 0;
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
