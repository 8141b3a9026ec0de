/** The sealed key of a home as it was before it had a place for a duress passphrase. */
import { isAffordable, stretched } from "@pli/engine/lock-record";
import { fromHex, utf8, type Crypto } from "@pli/protocol/crypto";

/** As its file has it, read. */
export interface SealedV1 {
  readonly memoryKiB: number;
  readonly passes: number;
  readonly salt: Uint8Array;
  readonly nonce: Uint8Array;
  readonly sealed: Uint8Array;
}

const AAD = utf8("pli home key v1");

export function parseSealedV1(text: string): SealedV1 | undefined {
  try {
    const record = JSON.parse(text) as Record<"v" | "memoryKiB" | "passes" | "salt" | "nonce" | "sealed", unknown>;
    const { v, memoryKiB, passes } = record;
    const cost = { memoryKiB: Number(memoryKiB), passes: Number(passes) };
    const [salt, nonce, sealed] = [bytesIn(record.salt), bytesIn(record.nonce), bytesIn(record.sealed)];
    if (v === 1 && isAffordable(cost) && salt?.length === 16 && nonce?.length === 12 && sealed?.length === 48)
      return { ...cost, salt, nonce, sealed };
  } catch {
    // What is not JSON is not a key either.
  }
  return undefined;
}

/** The key, or undefined when this is not the passphrase. */
export function openSealedV1(
  crypto: Crypto,
  { salt, nonce, sealed, ...cost }: SealedV1,
  passphrase: string,
): Uint8Array | undefined {
  const wrapping = stretched(crypto, passphrase, salt, cost);
  const key = crypto.aeadOpen(wrapping, nonce, sealed, AAD);
  crypto.wipe(wrapping);
  return key;
}

const bytesIn = (value: unknown): Uint8Array | undefined => (typeof value === "string" ? fromHex(value) : undefined);
