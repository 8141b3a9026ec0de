import { expect, test } from "vitest";
import { text, utf8 } from "../src/crypto/index.ts";
import { at, createWorld, group, NO_AAD, NOW, person, reread, trustAll, value } from "./group-people.ts";

test("the same Crypto and GroupEngine run in a browser", async () => {
  const world = await createWorld();
  const { crypto, engine } = world;
  const identity = crypto.mlDsaKeyPair();
  expect(crypto.mlDsaVerify(identity.publicKey, utf8("m"), crypto.mlDsaSign(identity.secretKey, utf8("m")))).toBe(true);
  const states = await group(world, [await person(world, "alice"), await person(world, "bob")]);
  const update = value(await engine.commit(at(states, 0), { update: true, now: NOW, ...trustAll }));
  const bob = value(await engine.processCommit(at(states, 1), update.commit, { ...trustAll, sender: 0 }));
  const sent = await engine.encrypt(reread(world, update.state), utf8("hello"), NO_AAD);
  expect(text(value(await engine.decrypt(bob.state, sent.message, { sender: 0 })).content)).toBe("hello");
});
