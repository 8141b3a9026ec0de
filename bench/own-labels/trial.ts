/** That the three constructions do what they are for. Throws where one does not. */
import { ok as assert } from "node:assert/strict";
import { chainLabel, nextChain, type Chain } from "@pli/protocol/conversation";
import { concat, type Crypto } from "@pli/protocol/crypto";
import { openCell, sealCell } from "@pli/protocol/object";
import { labelKey, type Cell, type Label } from "@pli/protocol/wire";
import { blindedKey, blindedProof, blindingOf, isOwned, labelFromKey } from "./blinded.ts";
import { isOwnedLabel, mayPut, ordinary, ownedLabelOf, ownedProof } from "./lazy.ts";
import * as preImage from "./pre-image.ts";
import type { Sodium } from "./sodium.ts";

export interface Kit {
  readonly crypto: Crypto;
  readonly sodium: Sodium;
}

const FEED = 0;
const FLOOD = 100;
/** Two puts have this many bytes in a row in common by chance once in 2^45 runs. */
const COMMON = 8;

export const tryAll = (kit: Kit): void => {
  tryPreImages(kit.crypto);
  tryBlinded(kit);
  tryLazy(kit);
};

const tryPreImages = (crypto: Crypto): void => {
  const [device, secret] = [crypto.random(32), crypto.random(32)];
  const announced = preImage.announcementFrom(crypto, device, 5);
  assert(announced.length === preImage.ANNOUNCEMENT_BYTES);
  const views = [5, 6].map((step) => {
    const c = announced.subarray(4 + (step - 5) * 32, 4 + (step - 4) * 32);
    const z = preImage.blindOf(crypto, crypto.sha256(concat(secret, Uint8Array.of(step))));
    const label = preImage.labelFromCommitment(crypto, FEED, c, z);
    const proof = concat(preImage.preImageAt(crypto, device, step), z);
    assert(preImage.showsPreImage(label, proof), "the owner is accepted");
    assert(!preImage.showsPreImage(label, concat(c, z)), "what members know is refused");
    assert(!preImage.showsPreImage(label, concat(preImage.preImageAt(crypto, crypto.random(32), step), z)));
    return concat(label.subarray(2), proof);
  });
  assertNothingInCommon(views);
};

const tryBlinded = ({ crypto, sodium }: Kit): void => {
  const [owner, other] = [crypto.signKeyPair(), crypto.signKeyPair()];
  const steps = Array.from({ length: 2 }, () => blindingOf(crypto, sodium, crypto.random(32)));
  const views = steps.map((b) => {
    const key = blindedKey(sodium, b, owner.publicKey);
    const label = labelFromKey(crypto, FEED, key);
    const message = concat(label, crypto.random(4096));
    const proof = blindedProof(sodium, b, owner.secretKey, message);
    assert(crypto.equal(proof.subarray(0, 32), key), "members and the owner come to one key");
    assert(crypto.verify(key, message, proof.subarray(32)), "it is an Ed25519 signature for libsodium too");
    assert(isOwned(label, proof, message), "the owner is accepted");
    assert(!isOwned(label, blindedProof(sodium, b, other.secretKey, message), message), "another member is refused");
    const forged = blindedProof(sodium, b, other.secretKey, message).subarray(32);
    assert(!isOwned(label, concat(key, forged), message), "also under the owner's key");
    assert(!isOwned(label, proof, concat(label, crypto.random(4096))), "a proof is of one cell");
    return concat(label.subarray(2), proof);
  });
  assertNothingInCommon([...views, owner.publicKey]);
  let isRefused = false;
  try {
    blindedKey(sodium, steps[0] ?? new Uint8Array(32), new Uint8Array(32));
  } catch {
    isRefused = true;
  }
  assert(isRefused, "a key of small order is refused");
};

/** The table as the store would keep it under (c). */
const createTable = () => {
  const cells = new Map<string, Cell>();
  const put = (label: Label, cell: Cell, proof?: Uint8Array): "created" | "taken" | "refused" => {
    if (!mayPut(label, cell, proof)) return "refused";
    if (cells.has(labelKey(label))) return "taken";
    cells.set(labelKey(label), cell);
    return "created";
  };
  return { put, get: (label: Label): Cell | undefined => cells.get(labelKey(label)) };
};

/**
 * A flood under all of a sender's next labels: each of their cells is read all the same, for one
 * more put.
 */
const tryLazy = ({ crypto, sodium }: Kit): void => {
  const kit = { crypto, sodium };
  const [owner, other] = [crypto.signKeyPair(), crypto.signKeyPair()];
  const table = createTable();
  const chain = chainOf(crypto);
  for (const { secret, label } of chain) {
    const noise = crypto.random(4096) as Cell;
    assert(table.put(label, noise) === "created");
    const owned = ownedLabelOf(kit, FEED, secret, owner.publicKey);
    assert(isOwnedLabel(owned) && !isOwnedLabel(label));
    assert(table.put(owned, noise) === "refused", "no noise without a proof");
    const forged = ownedProof(kit, secret, other.secretKey, owned, noise);
    assert(table.put(owned, noise, forged) === "refused", "nor with another member's");
  }
  for (const [step, { secret, label, key }] of chain.entries()) {
    const cell = sealCell(crypto, key, "whole", Uint8Array.of(step));
    assert(table.put(label, cell) === "taken");
    const owned = ownedLabelOf(kit, FEED, secret, owner.publicKey);
    assert(table.put(owned, cell, ownedProof(kit, secret, owner.secretKey, owned, cell)) === "created");
  }
  for (const [step, { secret, label, key }] of chain.entries()) {
    const labels = [label, ownedLabelOf(kit, FEED, secret, owner.publicKey)];
    const opened = labels.map((one) => openCell(crypto, key, table.get(one) as Cell)).find(({ ok }) => ok);
    assert(opened?.ok === true && opened.value.body[0] === step, "the reader finds what the sender wrote");
  }
};

const chainOf = (crypto: Crypto) => {
  let chain: Chain = { leaf: 0, index: 0, secret: crypto.random(32) };
  return Array.from({ length: FLOOD }, () => {
    const { secret } = chain;
    const slot = { secret, label: ordinary(chainLabel(crypto, chain, FEED)), key: crypto.sha256(secret) };
    chain = nextChain(crypto, chain);
    return slot;
  });
};

/**
 * All that the store sees of two puts of one sender, and what members know of the sender, share no
 * bytes.
 */
const assertNothingInCommon = (views: readonly Uint8Array[]): void => {
  const seen = new Map<string, number>();
  for (const [at, view] of views.entries())
    for (let i = 0; i + COMMON <= view.length; i += 1) {
      const piece = Buffer.from(view.subarray(i, i + COMMON)).toString("hex");
      assert((seen.get(piece) ?? at) === at, "two puts have bytes in common");
      seen.set(piece, at);
    }
};
