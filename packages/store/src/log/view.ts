/** Part of a buffer as plain bytes, not copied. */
export const view = <T extends Uint8Array>(bytes: Buffer, at: number, length: number): T =>
  new Uint8Array(bytes.buffer, bytes.byteOffset + at, length) as Uint8Array as T;
