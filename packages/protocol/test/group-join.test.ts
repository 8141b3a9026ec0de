import { propertyRuns } from "@pli/testkit/dials";
import fc from "fast-check";
import type { RatchetTree } from "ts-mls";
import { encodeRatchetTree } from "ts-mls/ratchetTree.js";
import { beforeAll, describe, expect, test } from "vitest";
import { concat, text, toHex, utf8 } from "../src/crypto/index.ts";
import { MAX_TREE_BYTES } from "../src/conversation/group.ts";
import type { GroupState, LeafCheck } from "../src/conversation/group.ts";
import { parseKeyPackage } from "../src/conversation/mls/key-package.ts";
import { inside } from "../src/conversation/mls/state.ts";
import type { Inside } from "../src/conversation/mls/state.ts";
import { forgedCommit } from "./group-attacks.ts";
import { at, createWorld, DAY, NO_AAD, NOW, person, trustAll, value } from "./group-people.ts";
import type { Person, World } from "./group-people.ts";

type Node = NonNullable<RatchetTree[number]>;
type Parent = Extract<Node, { nodeType: "parent" }>["parent"];
type Leaf = Extract<Node, { nodeType: "leaf" }>["leaf"];

const RULES = utf8("rules");

let world: World;
/**
 * Seven members at leaves 0 to 6, all of whom have updated: no parent is blank, and leaf 7 is free.
 */
let seven: GroupState;
/** The same and one more at leaf 7, unmerged in every parent above it. */
let eight: GroupState;
let newcomer: Person;
beforeAll(async () => {
  world = await createWorld();
  const group = await Group.of(["a", "b", "c", "d", "e", "f", "g"]);
  for (let leaf = 0; leaf < 7; leaf++) await group.change(leaf, { update: true });
  seven = group.stateOf(0);
  await group.change(0, { add: [(await person(world, "h")).keyPackage] });
  eight = group.stateOf(0);
  newcomer = await person(world, "newcomer");
});

const refused = (error: string) => ({ ok: false, error });

/**
 * What a newcomer makes of the group as a member without scruples gives it: the tree bent, and
 * everything signed.
 */
async function joinBent(
  bend: (tree: RatchetTree) => RatchetTree,
  check: LeafCheck = trustAll.check,
  state: GroupState = seven,
) {
  const from: Inside = { ...inside(state), ratchetTree: bend(inside(state).ratchetTree) };
  const keyPackage = value(parseKeyPackage(newcomer.keyPackage));
  const { welcome, newState } = await forgedCommit(world.crypto, from, [{ proposalType: "add", add: { keyPackage } }], {
    renew: false,
  });
  const tree = encodeRatchetTree(newState.ratchetTree);
  return world.engine.join(welcome ?? NO_AAD, { ...newcomer, tree, now: NOW, check });
}

const withParent = (index: number, change: (parent: Parent) => Partial<Parent>) => (tree: RatchetTree) => {
  const node = tree[index];
  if (node?.nodeType !== "parent") throw new Error("no parent");
  return tree.with(index, { nodeType: "parent", parent: { ...node.parent, ...change(node.parent) } });
};

const withLeaf = (leaf: number, change: (leaf: Leaf) => Partial<Leaf>) => (tree: RatchetTree) => {
  const node = tree[2 * leaf];
  if (node?.nodeType !== "leaf") throw new Error("no leaf");
  return tree.with(2 * leaf, { nodeType: "leaf", leaf: { ...node.leaf, ...change(node.leaf) } as Leaf });
};

describe("the tree of a group one joins", () => {
  test("is good as its members made it", async () => {
    expect((await joinBent((tree) => tree)).ok).toBe(true);
  });

  test.for([1, 3, 5, 9, 11])("must have in parent %i the key that a member below it chose", async (index) => {
    const planted = withParent(index, () => ({ hpkePublicKey: world.crypto.kemKeyPair().publicKey }));
    expect(await joinBent(planted)).toEqual(refused("tree_refused"));
  });

  test("must say of every parent who has joined below it since it got its key", async () => {
    expect((await joinBent((tree) => tree, trustAll.check, eight)).ok).toBe(true);
    const forgotten = withParent(7, ({ unmergedLeaves }) => ({
      unmergedLeaves: unmergedLeaves.filter((l) => l !== 7),
    }));
    expect(await joinBent(forgotten, trustAll.check, eight)).toEqual(refused("tree_refused"));
  });

  test("must not lose a parent that others name", async () => {
    const { ok } = await joinBent((tree) => tree.with(7, undefined));
    expect(ok).toBe(true);
    expect(await joinBent((tree) => tree.with(2, undefined))).toEqual(refused("tree_refused"));
  });

  test("must not hold a leaf twice, nor two with one key", async () => {
    const copied = (tree: RatchetTree) => tree.with(4, tree[2]);
    expect(await joinBent(copied)).toEqual(refused("keys_refused"));
    const other = at([inside(seven).ratchetTree[6]], 0);
    if (other?.nodeType !== "leaf") throw new Error("no leaf");
    const { signaturePublicKey, hpkePublicKey } = other.leaf;
    for (const bend of [withLeaf(1, () => ({ signaturePublicKey })), withLeaf(1, () => ({ hpkePublicKey }))])
      expect(await joinBent(bend)).toEqual(refused("keys_refused"));
    expect(await joinBent(withParent(3, () => ({ hpkePublicKey })))).toEqual(refused("keys_refused"));
  });

  test("must have every leaf signed, for this group and this place", async () => {
    const flipped = (bytes: Uint8Array) => bytes.map((byte, i) => (i === 7 ? byte ^ 1 : byte));
    for (const leaf of [1, 6])
      expect(await joinBent(withLeaf(leaf, ({ signature }) => ({ signature: flipped(signature) })))).toEqual(
        refused("tree_refused"),
      );
    const swapped = (tree: RatchetTree) => tree.with(4, tree[6]).with(6, tree[4]);
    expect(await joinBent(swapped)).toEqual(refused("tree_refused"));
  });

  test("must have only leaves that can follow the group and that the newcomer accepts", async () => {
    const poor = withLeaf(1, ({ capabilities }) => ({ capabilities: { ...capabilities, extensions: [] } }));
    const bent = (bend: (tree: RatchetTree) => RatchetTree) => joinBent((tree) => blankAbove(bend(tree), 1));
    expect(await bent(poor)).toEqual(refused("capabilities_refused"));
    const odd = withLeaf(1, () => ({ extensions: [{ extensionType: 0xf0f7, extensionData: NO_AAD }] }));
    expect(await bent(odd)).toEqual(refused("extensions_refused"));
    const stranger: LeafCheck = (credential) => text(credential) !== "d";
    expect(await joinBent((tree) => tree, stranger)).toEqual(refused("credential_refused"));
  });

  test.for([
    ["somebody who is not there", [8]],
    ["somebody who is elsewhere", [4]],
    ["somebody twice", [1, 1]],
    ["two in the wrong order", [1, 0]],
    ["one whom a node between does not list", [0]],
  ] as const)("must not list as unmerged %s", async ([, unmergedLeaves]) => {
    const listed = withParent(3, () => ({ unmergedLeaves: [...unmergedLeaves] }));
    expect(await joinBent((tree) => listed(tree.with(7, undefined)))).toEqual(refused("tree_refused"));
  });

  test("must have leaves and parents where they belong", async () => {
    const from = inside(seven);
    const keyPackage = value(parseKeyPackage(newcomer.keyPackage));
    const add = { proposalType: "add", add: { keyPackage } } as const;
    const { welcome, newState } = await forgedCommit(world.crypto, from, [add], { renew: false });
    const { ratchetTree } = newState;
    for (const tree of [ratchetTree.with(2, ratchetTree[3]), ratchetTree.with(3, ratchetTree[2])])
      expect(
        await world.engine.join(welcome ?? NO_AAD, {
          ...newcomer,
          tree: encodeRatchetTree(tree),
          now: NOW,
          ...trustAll,
        }),
      ).toEqual(refused("tree_refused"));
  });
});

describe("the encoding of a tree", () => {
  let welcome: Uint8Array;
  let tree: Uint8Array;
  beforeAll(async () => {
    const made = value(
      await world.engine.commit(seven, { add: [newcomer.keyPackage], update: true, now: NOW, ...trustAll }),
    );
    welcome = made.welcome ?? NO_AAD;
    tree = world.engine.exportTree(made.state);
  });
  const join = (bytes: Uint8Array) => world.engine.join(welcome, { ...newcomer, tree: bytes, now: NOW, ...trustAll });

  test("is one: nothing trails, nothing is cut, no flipped bit goes unseen", async () => {
    expect((await join(tree)).ok).toBe(true);
    expect(await join(concat(tree, new Uint8Array(1)))).toEqual(refused("not_canonical"));
    for (let length = 0; length < tree.length; length += 211)
      expect((await join(tree.slice(0, length))).ok).toBe(false);
    await fc.assert(
      fc.asyncProperty(fc.nat(tree.length - 1), fc.integer({ min: 1, max: 255 }), async (index, mask) => {
        expect((await join(tree.map((byte, i) => (i === index ? byte ^ mask : byte)))).ok).toBe(false);
      }),
      { numRuns: propertyRuns(150) },
    );
  });

  test("is bounded, in bytes and in nodes, before it is taken apart", async () => {
    expect(await join(new Uint8Array(MAX_TREE_BYTES + 1))).toEqual(refused("too_large"));
    const blanks = 1 << 20;
    const many = concat(
      new Uint8Array([0x80, blanks >> 16, (blanks >> 8) & 255, blanks & 255]),
      new Uint8Array(blanks),
    );
    expect(await join(many)).toEqual(refused("too_many_members"));
    expect((await join(new Uint8Array([0]))).ok).toBe(false);
    expect((await join(new Uint8Array([2, 0, 0]))).ok).toBe(false);
  });
});

describe("who may not come in", () => {
  test("a key package twice, or of somebody who is there, unless the old leaf goes in the same commit", async () => {
    const { engine } = world;
    const group = await Group.of(["a", "b", "c"]);
    const x = await person(world, "x");
    const twice = { add: [x.keyPackage, x.keyPackage], now: NOW, ...trustAll };
    expect(await engine.commit(group.stateOf(0), twice)).toEqual(refused("keys_refused"));
    await group.change(0, { add: [x.keyPackage] });
    const again = await engine.createKeyPackage({
      credential: utf8("x"),
      signKeys: x.signKeys,
      notBefore: NOW - DAY,
      notAfter: NOW + DAY,
    });
    const back = { add: [again.keyPackage], now: NOW, ...trustAll };
    expect(await engine.commit(group.stateOf(1), back)).toEqual(refused("keys_refused"));
    const made = value(await engine.commit(group.stateOf(1), { ...back, remove: [3] }));
    const tree = engine.exportTree(made.state);
    const rejoined = value(await engine.join(made.welcome ?? NO_AAD, { ...again, tree, now: NOW, ...trustAll }));
    expect(engine.ownLeaf(rejoined)).toBe(3);
    const followed = value(await engine.processCommit(group.stateOf(0), made.commit, trustAll));
    expect(engine.epochAuthenticator(rejoined)).toEqual(engine.epochAuthenticator(followed.state));
  });

  test("a device that is replaced in one commit knows that its old leaf is out", async () => {
    const group = await Group.of(["a", "b"]);
    const old = group.stateOf(1);
    const fresh = await person(world, "b again");
    const made = value(
      await world.engine.commit(group.stateOf(0), { remove: [1], add: [fresh.keyPackage], now: NOW, ...trustAll }),
    );
    expect(value(await world.engine.processCommit(old, made.commit, trustAll)).removedSelf).toBe(true);
  });

  test("a commit of another epoch, however far", async () => {
    const group = await Group.of(["a", "b"]);
    const start = group.stateOf(1);
    for (let i = 0; i < 3; i++) await group.change(0, { update: true });
    const { commit } = value(await world.engine.commit(group.stateOf(0), { update: true, now: NOW, ...trustAll }));
    expect(await world.engine.processCommit(start, commit, trustAll)).toEqual({
      ok: false,
      error: { code: "wrong_epoch" },
    });
  });
});

describe("any history", () => {
  test("leaves a tree that whoever comes can join, and one view of it", async () => {
    const step = fc.record({
      kind: fc.constantFrom("update", "add", "remove", "swap"),
      by: fc.nat(20),
      whom: fc.nat(20),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
        const group = await Group.of(["a", "b", "c", "d", "e"]);
        for (const { kind, by, whom } of steps) {
          const author = group.leafAt(by);
          const other = group.leafAt(whom);
          const remove = other === author || kind === "update" || kind === "add" ? [] : [other];
          const add = kind === "add" || kind === "swap" ? [await person(world, "new")] : [];
          const update = kind === "update" || remove.length + add.length === 0 || whom % 2 === 0;
          await group.change(author, { add: add.map(({ keyPackage }) => keyPackage), remove, update }, add);
        }
        expect(group.views()).toHaveLength(1);
      }),
      { numRuns: propertyRuns(12) },
    );
  });
});

/** The states of all members of a group with rules, by leaf. */
class Group {
  #states: GroupState[] = [];

  static async of(names: readonly string[]): Promise<Group> {
    const group = new Group();
    const people = await Promise.all(names.map((name) => person(world, name)));
    const founder = at(people, 0);
    group.#states = [await world.engine.createGroup({ groupId: utf8("group"), ...founder, rules: RULES })];
    const others = people.slice(1);
    await group.change(0, { add: others.map(({ keyPackage }) => keyPackage), update: true }, others);
    return group;
  }

  stateOf(leaf: number): GroupState {
    const state = this.#states.find((each) => world.engine.ownLeaf(each) === leaf);
    if (state === undefined) throw new Error("no such member");
    return state;
  }

  /** Somebody's leaf, for any number. */
  leafAt(n: number): number {
    return world.engine.ownLeaf(at(this.#states, n % this.#states.length));
  }

  async change(
    author: number,
    what: { add?: Uint8Array[]; remove?: number[]; update?: boolean },
    joining: readonly Person[] = [],
  ): Promise<void> {
    const { engine } = world;
    const own = this.stateOf(author);
    const made = value(await engine.commit(own, { ...what, now: NOW, ...trustAll }));
    const next = [made.state];
    for (const state of this.#states.filter((each) => each !== own)) {
      const got = value(await engine.processCommit(state, made.commit, { ...trustAll, sender: author }));
      if (!got.removedSelf) next.push(got.state);
    }
    const tree = engine.exportTree(made.state);
    for (const { keyPackage, secret } of joining)
      next.push(value(await engine.join(made.welcome ?? NO_AAD, { keyPackage, secret, tree, now: NOW, ...trustAll })));
    this.#states = next;
  }

  /** The different views of the group that its members have. */
  views(): string[] {
    const { engine } = world;
    return [...new Set(this.#states.map((s) => toHex(concat(engine.epochAuthenticator(s), engine.exportTree(s)))))];
  }
}

/** The tree without the parents above a leaf, so that nothing but the leaf itself is looked at. */
function blankAbove(tree: RatchetTree, leaf: number): RatchetTree {
  return [1, 3, 7].reduce((blanked, index) => (leaf < 4 ? blanked.with(index, undefined) : blanked), tree);
}
