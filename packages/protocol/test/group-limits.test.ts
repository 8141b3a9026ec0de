import { expect, test } from "vitest";
import type { GroupState } from "../src/conversation/group.ts";
import { acceptEveryone, createWorld, group, NO_AAD, NOW, person, value } from "./group-people.ts";

/**
 * RFC 9420 section 7.9.2 wants an unmerged leaf listed by every node between the leaf and the one that lists it. ts-mls
 * 1.6.4 wants the same list in every ancestor, so it turns newcomers away from a valid tree. Groups of two cannot get
 * there; larger ones need a join of our own before they are offered to people (issue 3). When this test fails, the
 * limit is gone: make it a test that the newcomer joins.
 */
test("known limit: a newcomer cannot join a group whose ancestors rightly list different unmerged leaves", async () => {
  const world = await createWorld();
  const { engine } = world;
  const names = ["a", "b", "c", "d", "e", "f", "g", "h"];
  let states = await group(world, await Promise.all(names.map((name) => person(world, name))));
  for (let leaf = 0; leaf < names.length; leaf++) await change(leaf, { update: true });
  await change(0, { remove: [4] });
  await change(6, { update: true });
  const [x, y] = [await person(world, "x"), await person(world, "y")];
  const first = await change(0, { add: [x.keyPackage] });
  states.push(value(await engine.join(first, { ...x, now: NOW, check: acceptEveryone })));
  await change(0, { remove: [3] });
  const second = await change(1, { add: [y.keyPackage] });
  expect(await engine.join(second, { ...y, now: NOW, check: acceptEveryone })).toEqual({ ok: false, error: "invalid" });

  async function change(author: number, what: { add?: Uint8Array[]; remove?: number[]; update?: boolean }) {
    const own = states.find((state) => engine.ownLeaf(state) === author);
    if (own === undefined) throw new Error("no author");
    const made = value(await engine.commit(own, { ...what, now: NOW, check: acceptEveryone }));
    const next: GroupState[] = [made.state];
    for (const state of states) {
      if (state === own) continue;
      const got = value(await engine.processCommit(state, made.commit, { check: acceptEveryone, sender: author }));
      if (!got.removedSelf) next.push(got.state);
    }
    states = next;
    return made.welcome ?? NO_AAD;
  }
});
