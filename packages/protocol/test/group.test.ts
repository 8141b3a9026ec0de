import { beforeAll, describe, expect, test } from "vitest";
import { text, toHex, utf8 } from "../src/crypto/index.ts";
import { at, createWorld, group, NO_AAD, NOW, person, reread, everything, trustAll, value } from "./group-people.ts";
import type { World } from "./group-people.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
});

describe("a group of two", () => {
  test("opens in each direction what the other encrypted, and agrees on epoch, members and secrets", async () => {
    const { engine } = world;
    const [alice, bob] = await pair();
    expect(engine.epoch(alice)).toBe(1n);
    expect(engine.members(bob).map(({ leaf, credential }) => [leaf, text(credential)])).toEqual([
      [0, "alice"],
      [1, "bob"],
    ]);
    expect(engine.ownLeaf(bob)).toBe(1);
    expect(engine.epochAuthenticator(alice)).toEqual(engine.epochAuthenticator(bob));
    const exported = await engine.exportSecret(alice, "pli labels", utf8("context"), 32);
    expect(exported).toEqual(await engine.exportSecret(bob, "pli labels", utf8("context"), 32));

    const fromAlice = await engine.encrypt(alice, utf8("hello"), utf8("bound"));
    const atBob = value(await engine.decrypt(bob, fromAlice.message, { sender: 0, aad: utf8("bound") }));
    expect(text(atBob.content)).toBe("hello");
    const fromBob = await engine.encrypt(atBob.state, utf8("hi"), NO_AAD);
    expect(text(value(await engine.decrypt(fromAlice.state, fromBob.message, { sender: 1 })).content)).toBe("hi");
  });

  test("moves to a new epoch by an update that both hold the same view of", async () => {
    const { engine } = world;
    const [alice, bob] = await pair();
    const made = value(await engine.commit(bob, { update: true, now: NOW + 5, ...trustAll }));
    const got = value(await engine.processCommit(alice, made.commit, { ...trustAll, sender: 1 }));
    expect(got).toMatchObject({ sender: 1, madeAt: NOW + 5, removedSelf: false });
    expect(engine.epoch(got.state)).toBe(2n);
    expect(engine.epochAuthenticator(got.state)).toEqual(engine.epochAuthenticator(made.state));
    expect(engine.epochAuthenticator(got.state)).not.toEqual(engine.epochAuthenticator(alice));
  });
});

describe("a state", () => {
  test("survives encoding, byte for byte, and works after it", async () => {
    const { engine } = world;
    const [alice, bob] = await pair();
    const again = reread(world, alice);
    expect(everything(world, again)).toEqual(everything(world, alice));
    const sent = await engine.encrypt(again, utf8("after a restart"), NO_AAD);
    expect(text(value(await engine.decrypt(bob, sent.message, { sender: 0 })).content)).toBe("after a restart");
  });

  test("is not changed by what is done with it, until something is wiped", async () => {
    const { engine } = world;
    const [alice, bob] = await pair();
    const [before, bobBefore] = [toHex(everything(world, alice)), toHex(everything(world, bob))];
    const sent = await engine.encrypt(alice, utf8("x"), NO_AAD);
    await engine.commit(alice, { update: true, now: NOW, ...trustAll });
    const theirs = value(await engine.commit(bob, { update: true, now: NOW, ...trustAll }));
    await engine.processCommit(alice, theirs.commit, { ...trustAll });
    await engine.decrypt(bob, sent.message, { sender: 0 });
    expect(toHex(everything(world, alice))).toBe(before);
    expect(toHex(everything(world, bob))).toBe(bobBefore);
  });
});

async function pair() {
  const states = await group(world, [await person(world, "alice"), await person(world, "bob")]);
  return [at(states, 0), at(states, 1)] as const;
}
