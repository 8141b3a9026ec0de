import { kdf } from "@pli/protocol/crypto";
import { MAX_CELL_BODY, sealCell, sealObject, type CellKind, type Put } from "@pli/protocol/object";
import { u32 } from "../../packages/protocol/src/object/bytes.ts";
import { CELL_PLAINTEXT_BYTES, labelFrom, sealPadded } from "../../packages/protocol/src/object/cell.ts";
import { flipped, patternOf, seededFor, type VectorFile } from "./json.ts";

/** Sealed cells, section 4. */
export async function cellVectors(): Promise<VectorFile> {
  const crypto = await seededFor("cell");
  const cases: readonly (readonly [CellKind, number])[] = [
    ["decoy", 0],
    ["whole", 5],
    ["fragment", MAX_CELL_BODY],
    ["pointer", 40],
  ];
  const valid = cases.map(([kind, length]) => {
    const [key, body] = [crypto.random(32), patternOf(length)];
    return { name: `${kind} of ${length} bytes`, key, value: { kind, body }, bytes: sealCell(crypto, key, kind, body) };
  });
  const key = crypto.random(32);
  const cell = sealCell(crypto, key, "whole", patternOf(5));
  const sealed = (plaintext: readonly number[]) =>
    sealPadded(crypto, key, Uint8Array.from(plaintext), CELL_PLAINTEXT_BYTES);
  return {
    structure: "cell",
    about:
      "cell = 01, ChaCha20-Poly1305(key, nonce 0, aad 01, kind u8, length u16, body, zeros): 4,096 bytes (section 4).",
    valid,
    invalid: [
      { name: "another version", key, bytes: Uint8Array.of(2, ...cell.subarray(1)), error: "cell_not_opened" },
      { name: "a flipped bit of the body", key, bytes: flipped(cell, 5), error: "cell_not_opened" },
      { name: "a flipped bit of the tag", key, bytes: flipped(cell, 4095), error: "cell_not_opened" },
      { name: "another key", key: crypto.random(32), bytes: cell, error: "cell_not_opened" },
      { name: "an unknown kind", key, bytes: sealed([4, 0, 0]), error: "cell_malformed" },
      { name: "a length beyond the cell", key, bytes: sealed([1, 0xff, 0xff]), error: "cell_malformed" },
      { name: "padding that is not zero", key, bytes: sealed([1, 0, 0, 1]), error: "cell_malformed" },
    ],
  };
}

/**
 * Objects in chunks, section 4. The contents are the pattern 7 i mod 251; blocks are given by their
 * SHA-256.
 */
export async function objectVectors(): Promise<VectorFile> {
  const crypto = await seededFor("object");
  const describe = (put: Put) =>
    put.kind === "cell"
      ? { kind: put.kind, label: put.label, bytes: put.cell }
      : { kind: put.kind, label: put.label, sha256: crypto.sha256(put.block) };
  const valid = [0, 1, 4075, 4076, 9000, 70_000].map((length) => {
    const [seed, feed] = [crypto.random(32), length % 2];
    const chunks = sealObject(crypto, seed, feed, patternOf(length)).map(describe);
    return { name: `${length} bytes`, seed, feed, maxBytes: length, length, chunks };
  });
  return {
    structure: "object",
    about:
      'Chunk i: label = feed and kdf(seed, "object label", u32 i)[0..30], key = kdf(seed, "object key", u32 i). Chunk 0 is a cell and starts with the total length, u32; up to 65,536 bytes the rest are cells, above they are blocks. Byte i of each object here is 7 i mod 251.',
    valid,
    invalid: badObjects(crypto.random(32)),
  };

  function badObjects(seed: Uint8Array) {
    const label = labelFrom(0, kdf(crypto, seed, "object label", u32(0)));
    const key = kdf(crypto, seed, "object key", u32(0));
    const first = (plaintext: readonly number[]) =>
      sealPadded(crypto, key, Uint8Array.from(plaintext), CELL_PLAINTEXT_BYTES);
    const bad = (name: string, bytes: Uint8Array, error: string) => ({
      name,
      seed,
      feed: 0,
      maxBytes: 100,
      kind: "cell",
      label,
      bytes,
      error,
    });
    return [
      bad("longer than allowed", first([0, 0, 0, 101]), "object_too_large"),
      bad("padding that is not zero", first([0, 0, 0, 1, 65, 66]), "object_malformed"),
      bad("not sealed with the seed", flipped(first([0, 0, 0, 0]), 9), "object_malformed"),
      bad("no cell", first([0, 0, 0, 0]).slice(1), "object_malformed"),
    ];
  }
}
