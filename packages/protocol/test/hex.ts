import { fromHex } from "../src/crypto/bytes.ts";

/** Bytes of a published value's hexadecimal. */
export function hex(value: string): Uint8Array {
  const bytes = fromHex(value);
  if (bytes === undefined) throw new Error("not hexadecimal");
  return bytes;
}
