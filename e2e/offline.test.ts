import { expect, test } from "vitest";
import { whenTexts } from "./lib/homes.ts";
import { pairOnStore } from "./lib/pair.ts";

test("two messages written off line on each side, the store restarted in between: all four arrive, in each sender's order", async () => {
  const { store, alice, bob } = await pairOnStore();
  await store.stop();
  await alice.say("a1");
  await bob.say("b1");
  await alice.say("a2");
  await bob.say("b2");
  await bob.reopen();
  expect((await alice.messages()).filter(({ mine }) => mine).map(({ state }) => state)).toEqual(["saved", "saved"]);
  await store.start();
  await Promise.all([alice.api.reconnect(), bob.api.reconnect()]);
  for (const person of [alice, bob]) {
    const texts = await whenTexts(person, 4);
    expect(texts.filter((text) => text.startsWith("a"))).toEqual(["a1", "a2"]);
    expect(texts.filter((text) => text.startsWith("b"))).toEqual(["b1", "b2"]);
  }
}, 60_000);
