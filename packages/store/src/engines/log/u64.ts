/** Whole numbers below 2^53 in eight bytes, little endian. */
export const writeU64 = (into: Buffer, value: number, at: number): void => {
  into.writeUInt32LE(value % 2 ** 32, at);
  into.writeUInt32LE(Math.floor(value / 2 ** 32), at + 4);
};

/** Undefined when it is 2^53 or more. */
export const readU64 = (bytes: Buffer, at: number): number | undefined => {
  const value = bytes.readUInt32LE(at + 4) * 2 ** 32 + bytes.readUInt32LE(at);
  return Number.isSafeInteger(value) ? value : undefined;
};
