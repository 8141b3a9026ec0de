/** A step of a chain on the wire. */
export const step32 = (step: number): Uint8Array => {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, step);
  return bytes;
};
