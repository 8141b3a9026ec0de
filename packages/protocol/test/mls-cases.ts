import type { GroupContext, MLSMessage } from "ts-mls";
import { decodeMlsMessage } from "ts-mls/message.js";
import { expect } from "vitest";
import { createCrypto } from "../src/crypto/index.ts";
import { createSuite, INTEROP_SUITE, PLI_SUITE } from "../src/conversation/mls/ciphersuite.ts";
import { hex } from "./hex.ts";
import { announce, readVectors } from "./published-vectors.ts";

/** The number of `INTEROP_SUITE`, the one suite of RFC 9420 that we have all parts of. */
const SUITE = 3;

/** With the hash and the signatures that the published cases share with ours, and Pli's own. */
export async function bothSuites() {
  const crypto = await createCrypto();
  return { interopSuite: createSuite(crypto, INTEROP_SUITE), pliSuite: createSuite(crypto, PLI_SUITE) };
}

/** The suites that have the hash of `INTEROP_SUITE`, and those that have the one of Pli's own. */
export const WITH_SHA256 = [1, 2, 3];
export const WITH_SHA512 = [4, 5, 6];

export type Suited = { cipher_suite: number };

/**
 * The cases of a file of the MLS working group that are of these suites, or of none. The count is
 * fixed so that none goes missing unseen; what is left out is said.
 */
export function casesOf<T>(
  name: string,
  count: number,
  { suites = [SUITE], how = "with our provider", why = "of suites we do not implement" } = {},
): T[] {
  const all = readVectors(`mls/${name}.json`) as (T & Partial<Suited>)[];
  const mine = all.filter(({ cipher_suite: suite }) => suite === undefined || suites.includes(suite));
  const left = new Set(all.filter((one) => !mine.includes(one)).map(({ cipher_suite: suite }) => suite));
  const others = left.size === 0 ? "" : `, ${all.length - mine.length} not run: ${why} (${[...left].join(", ")})`;
  announce(`published vectors: mls/${name}: ${mine.length} cases ran ${how}${others}`, 0);
  expect(mine).toHaveLength(count);
  return mine;
}

export const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);

export function message<K extends MLSMessage["wireformat"]>(bytes: string, kind: K): MLSMessage & { wireformat: K } {
  const decoded = decodeMlsMessage(hex(bytes), 0)?.[0];
  if (decoded?.wireformat !== kind) throw new Error("wrong kind");
  return decoded as MLSMessage & { wireformat: K };
}

const NOTHING = new Uint8Array(0);

export function contextOf(known: Partial<GroupContext>): GroupContext {
  const none = { groupId: NOTHING, epoch: 0n, treeHash: NOTHING, confirmedTranscriptHash: NOTHING, extensions: [] };
  return { version: "mls10", cipherSuite: INTEROP_SUITE, ...none, ...known };
}

/** The same bytes but for the last bit; one bit where there is none. */
export function altered(bytes: Uint8Array): Uint8Array {
  const last = bytes.length - 1;
  return last < 0 ? new Uint8Array(1) : bytes.with(last, present(bytes[last]) ^ 1);
}

export function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("nothing there");
  return value;
}

/** Somebody who joins by a welcome and follows, with the epoch authenticator after each step. */
export type Passive = Suited &
  Record<
    "key_package" | "signature_priv" | "encryption_priv" | "init_priv" | "welcome" | "initial_epoch_authenticator",
    string
  > & {
    external_psks: { psk_id: string; psk: string }[];
    ratchet_tree: string | null;
    epochs: { proposals: string[]; commit: string; epoch_authenticator: string }[];
  };
