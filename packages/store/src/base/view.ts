/** Part of a buffer as plain bytes, not copied. */
export const view = (bytes: Buffer, at: number, length: number): Uint8Array =>
  new Uint8Array(bytes.buffer, bytes.byteOffset + at, length);
