import { propertyRuns } from "@pli/testkit/dials";
import fc from "fast-check";
import type { Proposal } from "ts-mls";
import { beforeAll, describe, expect, test } from "vitest";
import { concat, toHex } from "../src/crypto/index.ts";
import { createSuite } from "../src/conversation/mls/ciphersuite.ts";
import type { Sealed, Suite } from "../src/conversation/mls/ciphersuite.ts";
import { inside } from "../src/conversation/mls/state.ts";
import { parentAt } from "../src/conversation/mls/tree.ts";
import type { CommitRefusal, GroupState, ProcessedCommit } from "../src/conversation/group.ts";
import { forgedCommit, leafOf, plantingSuite } from "./group-attacks.ts";
import {
  at,
  createWorld,
  everything,
  group,
  NO_AAD,
  NOW,
  person,
  trustAll,
  value,
  type World,
} from "./group-people.ts";

/**
 * A commit seals to each member apart. What is wrong with that, nobody else sees: who cannot open
 * it must not take it for a commit that all pass over. Leaf 1 commits; no parent has a key yet, so
 * that leaf 0 is sealed to under the lowest parent, leaves 2 and 3 under the root.
 */
const AUTHOR = 1;
const OTHERS = [0, 2, 3] as const;

let world: World;
let states: GroupState[];
beforeAll(async () => {
  world = await createWorld();
  states = await group(world, await Promise.all(["a", "b", "c", "d"].map((name) => person(world, name))));
});

const UNOPENED = { ok: false, error: { code: "unopened", by: AUTHOR } };
const refused = (code: string) => ({ ok: false, error: { code, by: AUTHOR } });
const removal = (leaf: number): Proposal => ({ proposalType: "remove", remove: { removed: leaf } });

/** What is sealed to this key instead of its secret; undefined: what an honest author seals. */
type Bend = (key: string, secret: Uint8Array, seal: (secret: Uint8Array) => Sealed) => Sealed | undefined;

/** A suite whose author seals the secrets of a path otherwise. */
function sealing(bend: Bend, suite = createSuite(world.crypto)): Suite {
  const sealer: Suite["sealer"] = (label, context) => {
    const seal = suite.sealer(label, context);
    if (label !== "UpdatePathNode") return seal;
    return (publicKey, secret) => {
      const sealed = (other: Uint8Array): Sealed => seal(publicKey, other);
      return bend(toHex(publicKey), secret, sealed) ?? sealed(secret);
    };
  };
  return { ...suite, sealer };
}

/** The same kind of nonsense for these leaves. */
const spoiling = (leaves: readonly number[], spoilt: (good: Sealed) => Sealed): Suite => {
  const keys = new Set(leaves.map(keyOf));
  return sealing((key, secret, seal) => (keys.has(key) ? spoilt(seal(secret)) : undefined));
};
const keyOf = (leaf: number): string => toHex(leafOf(inside(at(states, 0)), leaf).hpkePublicKey);
const garbage = ({ kemOutput, ciphertext }: Sealed): Sealed => ({
  kemOutput,
  ciphertext: ciphertext.map((byte) => byte ^ 0x55),
});

type Forged = Partial<{ suite: Suite; proposals: Proposal[]; author: GroupState }>;
async function forged({ suite, proposals = [], author = at(states, AUTHOR) }: Forged): Promise<Uint8Array> {
  const { commit } = await forgedCommit(world.crypto, inside(author), proposals, suite && { suite });
  return commit;
}

type Verdict = { ok: true; value: ProcessedCommit } | { ok: false; error: CommitRefusal };
const verdictOf = (leaf: number, commit: Uint8Array, of = states): Promise<Verdict> =>
  world.engine.processCommit(at(of, leaf), commit, trustAll);

/** These cannot open it, and keep what they have; all others come to one epoch. */
async function expectUnopened(commit: Uint8Array, leaves: readonly number[], of = states): Promise<void> {
  const epochs = new Set<string>();
  for (const leaf of OTHERS) {
    const before = toHex(everything(world, at(of, leaf)));
    const verdict = await verdictOf(leaf, commit, of);
    expect(toHex(everything(world, at(of, leaf)))).toBe(before);
    expect(verdict.ok ? { ok: true } : verdict).toEqual(leaves.includes(leaf) ? UNOPENED : { ok: true });
    if (verdict.ok) epochs.add(toHex(world.engine.epochAuthenticator(verdict.value.state)));
  }
  expect(epochs.size).toBe(leaves.length === OTHERS.length ? 0 : 1);
}

describe("garbage in the place of what is sealed to a member", () => {
  test.each(OTHERS)("is unopened for leaf %i, and for nobody else", async (leaf) => {
    await expectUnopened(await forged({ suite: spoiling([leaf], garbage) }), [leaf]);
  });

  test("is unopened for all, when it is for all", async () => {
    await expectUnopened(await forged({ suite: spoiling(OTHERS, garbage) }), OTHERS);
  });

  test("is unopened for all who share the key it is sealed to", async () => {
    const renewed = value(await world.engine.commit(at(states, 2), { update: true, now: NOW, ...trustAll }));
    const later: GroupState[] = [];
    for (const leaf of [0, 1, 3]) later[leaf] = value(await verdictOf(leaf, renewed.commit)).state;
    later[2] = renewed.state;
    const shared = toHex(parentAt(inside(renewed.state).ratchetTree, 5)?.hpkePublicKey ?? NO_AAD);
    const suite = sealing((key, secret, seal) => (key === shared ? garbage(seal(secret)) : undefined));
    await expectUnopened(await forged({ suite, author: at(later, AUTHOR) }), [2, 3], later);
  });

  test("changes nothing of the state: a commit beside it is followed afterwards", async () => {
    const leaf = 2;
    expect(await verdictOf(leaf, await forged({ suite: spoiling([leaf], garbage) }))).toEqual(UNOPENED);
    expect((await verdictOf(leaf, await forged({}))).ok).toBe(true);
  });

  const LENGTHS = [0, 1, 16, 1119, 1121, 4000];
  test.each(LENGTHS)(
    "a KEM output of %i bytes, at which the library throws, is unopened and not invalid",
    async (length) => {
      const spoilt = ({ ciphertext }: Sealed): Sealed => ({ kemOutput: new Uint8Array(length).fill(7), ciphertext });
      await expectUnopened(await forged({ suite: spoiling([3], spoilt) }), [3]);
    },
  );

  test.each([0, 1, 15, 16, 79, 81, 4000])("a ciphertext of %i bytes is unopened and not invalid", async (length) => {
    const spoilt = ({ kemOutput }: Sealed): Sealed => ({ kemOutput, ciphertext: new Uint8Array(length).fill(7) });
    await expectUnopened(await forged({ suite: spoiling([3], spoilt) }), [3]);
  });

  test("a KEM output that agrees on nothing, all zeros, is unopened", async () => {
    const spoilt = ({ kemOutput, ciphertext }: Sealed): Sealed => ({ kemOutput: kemOutput.map(() => 0), ciphertext });
    await expectUnopened(await forged({ suite: spoiling([0], spoilt) }), [0]);
  });

  test("who is given garbage, of whatever kind, is alone with it", async () => {
    const bytes = fc.uint8Array({ maxLength: 1200 });
    const bent = fc.oneof(
      fc.record({ kemOutput: bytes, ciphertext: bytes }),
      fc.record({ kemOutput: bytes }),
      fc.record({ ciphertext: bytes }),
    );
    await fc.assert(
      fc.asyncProperty(fc.subarray([...OTHERS]), bent, async (leaves, change) => {
        await expectUnopened(await forged({ suite: spoiling(leaves, (good) => ({ ...good, ...change })) }), leaves);
      }),
      { numRuns: propertyRuns(25) },
    );
  });
});

describe("a secret that does not give the keys of the path", () => {
  const instead = (leaf: number, other: (secret: Uint8Array) => Uint8Array): Suite => {
    const theirs = keyOf(leaf);
    return sealing((key, secret, seal) => (key === theirs ? seal(other(secret)) : undefined));
  };

  test.each(OTHERS)("is unopened for leaf %i, to whom it is sealed, and for nobody else", async (leaf) => {
    await expectUnopened(await forged({ suite: instead(leaf, () => world.crypto.random(64)) }), [leaf]);
  });

  test.each([0, 1, 63, 65, 129, 5000])("is unopened when it has %i bytes", async (length) => {
    await expectUnopened(await forged({ suite: instead(2, () => world.crypto.random(length)) }), [2]);
  });

  test("in another spelling that gives the same keys, it leads to the same epoch", async () => {
    // HMAC fills a key up with zeros: the secret and a zero behind it give all the same keys.
    await expectUnopened(await forged({ suite: instead(2, (secret) => concat(secret, new Uint8Array(1))) }), []);
  });

  test("planted in the path at the lowest parent is unopened for who is below it, and for nobody else", async () => {
    const planted = world.crypto.kemKeyPair().publicKey;
    const suite = plantingSuite(world.crypto, (index) => (index === 0 ? planted : undefined));
    await expectUnopened(await forged({ suite }), [0]);
  });

  test("planted at the root is unopened for all", async () => {
    const planted = world.crypto.kemKeyPair().publicKey;
    const suite = plantingSuite(world.crypto, (index) => (index === 1 ? planted : undefined));
    await expectUnopened(await forged({ suite }), OTHERS);
  });
});

describe("what all members see alike", () => {
  const all = async (commit: Uint8Array, of = states): Promise<Verdict[]> =>
    Promise.all(OTHERS.map((leaf) => verdictOf(leaf, commit, of)));
  const expectAll = async (commit: Uint8Array, verdict: object): Promise<void> =>
    expect(await all(commit)).toEqual(OTHERS.map(() => verdict));

  /** The ways of a path that does not fit the tree, each with what is sealed spoilt for all. */
  const MISFITS: Readonly<Record<string, { code: string; made: (proposals: Proposal[]) => Promise<Uint8Array> }>> = {
    "a path of another shape": {
      code: "invalid",
      made: (proposals) => {
        const own = inside(at(states, AUTHOR));
        const author = { ...own, ratchetTree: own.ratchetTree.with(4, undefined) };
        return forged({ suite: spoiling(OTHERS, garbage), proposals, author: author as unknown as GroupState });
      },
    },
    "a wrong parent hash": {
      code: "invalid",
      made: (proposals) => {
        const suite = spoiling(OTHERS, garbage);
        // The input of a parent hash begins with the length of an encryption key, that of a tree
        // hash with a kind.
        const digest = (data: Uint8Array) => suite.digest(data[0] === 0x44 ? concat(data, new Uint8Array(1)) : data);
        return forged({ suite: { ...suite, digest }, proposals });
      },
    },
    "a key that is in the tree already": {
      code: "keys_refused",
      made: (proposals) => {
        const taken = leafOf(inside(at(states, 0)), 0).hpkePublicKey;
        const planted = plantingSuite(world.crypto, (index) => (index === 1 ? taken : undefined));
        const keys = new Set(OTHERS.map(keyOf));
        const bend: Bend = (key, secret, seal) => (keys.has(key) ? garbage(seal(secret)) : undefined);
        return forged({ suite: sealing(bend, planted), proposals });
      },
    },
    "a key that nobody can seal to": {
      code: "keys_refused",
      made: (proposals) => {
        const weak = plantingSuite(world.crypto, (index) => (index === 1 ? new Uint8Array(1216) : undefined));
        return forged({ suite: sealing(() => undefined, weak), proposals });
      },
    },
  };

  const misfit = (name: string) =>
    at(
      [MISFITS[name]].filter((one) => one !== undefined),
      0,
    );

  test.each(Object.keys(MISFITS))("%s comes before what is sealed: nobody takes it for unopened", async (name) => {
    const { code, made } = misfit(name);
    await expectAll(await made([]), refused(code));
  });

  test.each(Object.keys(MISFITS))("%s does not put out whom it removes either", async (name) => {
    const { code, made } = misfit(name);
    await expectAll(await made([removal(3)]), refused(code));
  });

  test("what the rules do not allow is refused for that, whatever is sealed", async () => {
    const commit = await forged({ suite: spoiling(OTHERS, garbage) });
    const strict = { ...trustAll, allows: () => false };
    for (const leaf of OTHERS)
      expect(await world.engine.processCommit(at(states, leaf), commit, strict)).toEqual(refused("rules_refused"));
  });

  test("who is removed is out, whether or not those who stay can open it: only they see that", async () => {
    for (const suite of [createSuite(world.crypto), spoiling(OTHERS, garbage)]) {
      const commit = await forged({ suite, proposals: [removal(3)] });
      const got = value(await verdictOf(3, commit));
      expect([got.removedSelf, got.sender, got.change.removed]).toEqual([true, AUTHOR, [3]]);
      expect(world.engine.members(got.state).map(({ leaf }) => leaf)).toEqual([0, 1, 2]);
    }
  });
});

describe("the confirmation tag, which no signature covers", () => {
  const untagged = (suite: Suite): Suite => {
    const hash = { ...suite.cs.hash, mac: async () => new Uint8Array(64) };
    return { ...suite, cs: { ...suite.cs, hash } };
  };

  test("is wrong for all who can open the commit, and names nobody", async () => {
    const commit = await forged({ suite: untagged(createSuite(world.crypto)) });
    for (const leaf of OTHERS) expect(await verdictOf(leaf, commit)).toEqual({ ok: false, error: { code: "invalid" } });
  });

  test("is not reached by who cannot open the commit", async () => {
    const commit = await forged({ suite: untagged(spoiling([2], garbage)) });
    expect(await verdictOf(0, commit)).toEqual({ ok: false, error: { code: "invalid" } });
    expect(await verdictOf(2, commit)).toEqual(UNOPENED);
    expect(await verdictOf(3, commit)).toEqual({ ok: false, error: { code: "invalid" } });
  });

  test("is all that can be wrong where nothing is sealed", async () => {
    const dave = await person(world, "dave");
    const { commit } = value(
      await world.engine.commit(at(states, AUTHOR), { add: [dave.keyPackage], now: NOW, ...trustAll }),
    );
    await expectUnopened(commit, []);
  });
});
