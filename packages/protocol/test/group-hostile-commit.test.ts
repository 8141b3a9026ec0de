import { beforeAll, expect, test } from "vitest";
import type { UpdatePath } from "ts-mls/updatePath.js";
import type { Crypto } from "../src/crypto/index.ts";
import { createGroupEngine } from "../src/conversation/group-engine.ts";
import {
  MAX_ADDED,
  MAX_COMMIT_BYTES,
  MAX_EVIDENCE_BYTES,
  MAX_KEY_PACKAGE_BYTES,
  MAX_MEMBERS,
  MAX_RULES_BYTES,
  longestCommit,
} from "../src/conversation/group.ts";
import type { CommitCheck, GroupState } from "../src/conversation/group.ts";
import { parseKeyPackage } from "../src/conversation/mls/key-package.ts";
import { inside } from "../src/conversation/mls/state.ts";
import { pathOf, signedCommit } from "./group-attacks.ts";
import { acceptEveryone, at, createWorld, group, person, value, type World } from "./group-people.ts";

let world: World;
let mallory: GroupState;
let reader: GroupState;

beforeAll(async () => {
  world = await createWorld();
  const states = await group(world, await Promise.all(["a", "b", "c", "d"].map((name) => person(world, name))));
  [mallory, reader] = [at(states, 1), at(states, 3)];
});

/** The slow operations of the Crypto port, counted. */
function counted(crypto: Crypto): { crypto: Crypto; count(): number } {
  let count = 0;
  const counting =
    <A extends unknown[], R>(work: (...args: A) => R): ((...args: A) => R) =>
    (...args) => {
      count += 1;
      return work(...args);
    };
  const { encap, decap, kemKeyPair, verify, mlDsaVerify } = crypto;
  const slow = { encap, decap, kemKeyPair, verify, mlDsaVerify };
  const all = Object.fromEntries(Object.entries(slow).map(([name, work]) => [name, counting(work as () => unknown)]));
  return { crypto: { ...crypto, ...all }, count: () => count };
}

/** What becomes of a commit with the reader, and how many slow operations they spend on it. */
async function spentOn(
  commit: Uint8Array,
  allows: CommitCheck = () => true,
): Promise<{ error: unknown; slow: number }> {
  expect(commit.length).toBeLessThanOrEqual(MAX_COMMIT_BYTES);
  const { crypto, count } = counted(world.crypto);
  const result = await createGroupEngine(crypto).processCommit(reader, commit, { check: acceptEveryone, allows });
  return { error: result.ok ? undefined : result.error, slow: count() };
}

/** As often as it fits into the largest commit there may be. */
const asManyAsFit = <T>(one: T, bytes: number): T[] =>
  Array.from({ length: Math.floor((MAX_COMMIT_BYTES - 16_384) / bytes) }, () => one);

async function bentPath(bend: (path: UpdatePath) => UpdatePath["nodes"]): Promise<Uint8Array> {
  const path = await pathOf(world.crypto, inside(mallory));
  return signedCommit(world.crypto, inside(mallory), { proposals: [], path: { ...path, nodes: bend(path) } });
}

test("a path of five thousand keys is refused by its length, before any of them is looked at", async () => {
  const commit = await bentPath(({ nodes }) =>
    asManyAsFit({ hpkePublicKey: at(nodes, 0).hpkePublicKey, encryptedPathSecret: [] }, 1220),
  );
  expect(await spentOn(commit)).toEqual({ error: { code: "invalid", by: 1 }, slow: 1 });
});

test("a path with more seals than there are people is refused before any is opened", async () => {
  const commit = await bentPath(({ nodes }) =>
    nodes.map((node, i) =>
      i > 0 ? node : { ...node, encryptedPathSecret: asManyAsFit(at(node.encryptedPathSecret, 0), 1300) },
    ),
  );
  expect(await spentOn(commit)).toEqual({ error: { code: "invalid", by: 1 }, slow: 1 });
});

test("who may not add anybody makes nobody check whom they would add", async () => {
  const { keyPackage } = await person(world, "somebody");
  const add = { proposalType: "add", add: { keyPackage: value(parseKeyPackage(keyPackage)) } } as const;
  const proposals = Array.from({ length: 200 }, () => add);
  const commit = await signedCommit(world.crypto, inside(mallory), { proposals });
  expect(await spentOn(commit, () => false)).toEqual({ error: { code: "rules_refused", by: 1 }, slow: 1 });
});

test.each([2, 3, 50, 400])(
  "what is taken for the longest commit of %i leaves is as long as a commit can be, and no longer",
  (members) => {
    const newcomers = MAX_ADDED * MAX_KEY_PACKAGE_BYTES;
    expect(longestCommit(members)).toBeGreaterThan(newcomers + MAX_RULES_BYTES + MAX_EVIDENCE_BYTES + members * 1_250);
    expect(longestCommit(members)).toBeLessThan(4_000_000 + members * 3_000);
    expect(longestCommit(members)).toBeLessThanOrEqual(MAX_COMMIT_BYTES);
  },
);

test("no commit of a full group is longer than any may be", () => {
  expect(longestCommit(MAX_MEMBERS)).toBe(MAX_COMMIT_BYTES);
});

test("more people at once than a commit may add are counted, not checked", async () => {
  const { keyPackage } = await person(world, "somebody");
  const add = { proposalType: "add", add: { keyPackage: value(parseKeyPackage(keyPackage)) } } as const;
  const commit = await signedCommit(world.crypto, inside(mallory), { proposals: asManyAsFit(add, keyPackage.length) });
  expect(await spentOn(commit)).toEqual({ error: { code: "too_many_members", by: 1 }, slow: 1 });
});
