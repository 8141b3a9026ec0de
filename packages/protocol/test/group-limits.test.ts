import { joinGroup } from "ts-mls/clientState.js";
import { emptyPskIndex } from "ts-mls/pskIndex.js";
import { expect, test } from "vitest";
import { createCiphersuite } from "../src/conversation/mls/ciphersuite.ts";
import { parseMlsMessage } from "../src/conversation/mls/codec.ts";
import { parseKeyPackage, parseSecret } from "../src/conversation/mls/key-package.ts";
import { inside } from "../src/conversation/mls/state.ts";
import type { GroupState } from "../src/conversation/group.ts";
import { plainly } from "./group-attacks.ts";
import { at, createWorld, group, NO_AAD, NOW, person, trustAll, value } from "./group-people.ts";
import type { Person } from "./group-people.ts";

/**
 * RFC 9420 section 12.4.3.1 wants an unmerged leaf listed by every node between the leaf and the
 * one that lists it. ts-mls 1.6.4 wants the same list in every ancestor, so it turns newcomers away
 * from a valid tree.
 */
test("a newcomer joins a group whose ancestors rightly list different unmerged leaves", async () => {
  const world = await createWorld();
  const { engine } = world;
  const names = ["a", "b", "c", "d", "e", "f", "g", "h"];
  let states = await group(world, await Promise.all(names.map((name) => person(world, name))));
  for (let leaf = 0; leaf < names.length; leaf++) await change(leaf, { update: true });
  await change(0, { remove: [4] });
  await change(6, { update: true });
  const [x, y] = [await person(world, "x"), await person(world, "y")];
  const first = await change(0, { add: [x.keyPackage] });
  states.push(value(await engine.join(first, { ...x, now: NOW, ...trustAll })));
  await change(0, { remove: [3] });
  const second = await change(1, { add: [y.keyPackage] });
  const lists = inside(at(states, 0)).ratchetTree.flatMap((node) =>
    node?.nodeType === "parent" && node.parent.unmergedLeaves.length > 0 ? [node.parent.unmergedLeaves.join()] : [],
  );
  expect(new Set(lists).size).toBeGreaterThan(1);
  await expect(plainJoin(second, y)).rejects.toThrow("must list leaf node in its unmerged_leaves");
  const joined = value(await engine.join(second, { ...y, now: NOW, ...trustAll }));
  expect(engine.epochAuthenticator(joined)).toEqual(engine.epochAuthenticator(at(states, 0)));

  /** What plain ts-mls makes of the welcome. */
  async function plainJoin(welcome: Uint8Array, { keyPackage, secret }: Person) {
    const message = value(parseMlsMessage(welcome, "mls_welcome", welcome.length));
    const [own, keys] = [value(parseKeyPackage(keyPackage)), value(parseSecret(secret))];
    return joinGroup(message.welcome, own, keys, emptyPskIndex, createCiphersuite(world.crypto));
  }

  async function change(author: number, what: { add?: Uint8Array[]; remove?: number[]; update?: boolean }) {
    const own = states.find((state) => engine.ownLeaf(state) === author);
    if (own === undefined) throw new Error("no author");
    const made = value(await engine.commit(own, { ...what, now: NOW, ...trustAll }));
    const next: GroupState[] = [made.state];
    for (const state of states) {
      if (state === own) continue;
      const got = value(await engine.processCommit(state, made.commit, { ...trustAll, sender: author }));
      if (!got.removedSelf) next.push(got.state);
    }
    states = next;
    return made.welcome ?? NO_AAD;
  }
});

/**
 * RFC 9420 section 12.4.2: the commit secret comes from the last secret of the update path. ts-mls
 * 1.6.4 goes one step further when the root is left blank, because half the tree is empty, and then
 * agrees with nobody (OpenMLS in openmls.test.ts).
 */
test("a commit over a tree of which half is empty is followed", async () => {
  const world = await createWorld();
  const { engine, crypto } = world;
  const people = await Promise.all(["a", "b", "c", "d"].map((name) => person(world, name)));
  const states = await group(world, people);
  const made = value(await engine.commit(at(states, 2), { remove: [0, 1], now: NOW, ...trustAll }));
  const followed = value(await engine.processCommit(at(states, 3), made.commit, trustAll));
  expect(engine.epochAuthenticator(followed.state)).toEqual(engine.epochAuthenticator(made.state));
  await expect(plainly(crypto, at(states, 3), made.commit)).rejects.toThrow("confirmation tag");
});
