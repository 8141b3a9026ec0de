import { propertyRuns } from "@pli/testkit/dials";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import {
  CHAIN_WINDOW,
  COMMIT_ATTEMPTS,
  chainSlot,
  chainsFromExport,
  chainWindow,
  nextChain,
  type Chain,
} from "@pli/protocol/conversation";
import { createCrypto, kdf, toHex, type Crypto } from "@pli/protocol/crypto";
import { labelFrom } from "@pli/protocol/object";
import { feedOf } from "@pli/protocol/wire";
import { u32 } from "../src/object/bytes.ts";
import { at } from "./group-people.ts";

let crypto: Crypto;
beforeAll(async () => {
  crypto = await createCrypto();
});

const secretOf = (fill: number): Uint8Array => new Uint8Array(32).fill(fill);
const walked = (chain: Chain, steps: number): Chain => {
  let moved = chain;
  for (let i = 0; i < steps; i++) moved = nextChain(crypto, moved);
  return moved;
};

describe("label chains", () => {
  test("every leaf has one, made as section 4 says", () => {
    const { chains, commits } = chainsFromExport(crypto, secretOf(1), 7, [0, 5]);
    expect(chains).toEqual([
      { leaf: 0, index: 0, secret: kdf(crypto, secretOf(1), "sender", u32(0)) },
      { leaf: 5, index: 0, secret: kdf(crypto, secretOf(1), "sender", u32(5)) },
    ]);
    const chain = at(chains, 1);
    expect(nextChain(crypto, chain)).toEqual({ leaf: 5, index: 1, secret: kdf(crypto, chain.secret, "next") });
    expect(chainSlot(crypto, chain, 7)).toEqual({
      index: 0,
      label: labelFrom(7, kdf(crypto, chain.secret, "label")),
      key: kdf(crypto, chain.secret, "cell"),
    });
    expect(commits).toHaveLength(COMMIT_ATTEMPTS);
    expect(commits[3]).toEqual({
      label: labelFrom(7, kdf(crypto, secretOf(1), "commit", u32(3))),
      key: kdf(crypto, secretOf(1), "commit cell", u32(3)),
    });
  });

  test("a window is the chain walked step by step, wherever it stands", () => {
    fc.assert(
      fc.property(fc.nat(0xffff), fc.nat(1999), fc.nat(20), fc.nat(12), (feed, leaf, start, count) => {
        const [first] = chainsFromExport(crypto, secretOf(2), feed, [leaf]).chains;
        if (first === undefined) throw new Error("no chain");
        const here = walked(first, start);
        const steps = Array.from({ length: count }, (_, i) => chainSlot(crypto, walked(here, i), feed));
        expect(chainWindow(crypto, here, feed, count)).toEqual(steps);
        expect(steps.map(({ index }) => index)).toEqual(steps.map((_, i) => start + i));
      }),
      { numRuns: propertyRuns(40) },
    );
  });

  test("no label and no key occurs twice, over senders, steps, commit attempts and epochs", () => {
    const labels: string[] = [];
    const keys: string[] = [];
    for (const epoch of [3, 4]) {
      const { chains, commits } = chainsFromExport(crypto, secretOf(epoch), 1, [0, 1, 2, 1999]);
      const slots = chains.flatMap((chain) => chainWindow(crypto, chain, 1, 4 * CHAIN_WINDOW));
      for (const { label, key } of [...slots, ...commits]) {
        expect(feedOf(label)).toBe(1);
        labels.push(toHex(label.subarray(2)));
        keys.push(toHex(key));
      }
    }
    const all = [...labels, ...keys, ...keys.map((key) => key.slice(0, 60))];
    expect(new Set(all).size).toBe(labels.length + 2 * keys.length);
  });

  test("the feed shows in the first two bytes only", () => {
    const [chain] = chainsFromExport(crypto, secretOf(5), 0, [0]).chains;
    if (chain === undefined) throw new Error("no chain");
    const [zero, other] = [chainSlot(crypto, chain, 0), chainSlot(crypto, chain, 0xabcd)];
    expect(other.label.subarray(2)).toEqual(zero.label.subarray(2));
    expect([feedOf(zero.label), feedOf(other.label)]).toEqual([0, 0xabcd]);
    expect(other.key).toEqual(zero.key);
  });

  test("a step leaves the chain it was made from as it was", () => {
    const [chain] = chainsFromExport(crypto, secretOf(6), 0, [0]).chains;
    if (chain === undefined) throw new Error("no chain");
    const before = toHex(chain.secret);
    const next = nextChain(crypto, chain);
    crypto.wipe(next.secret);
    expect(toHex(chain.secret)).toBe(before);
  });
});
