import { describe, expect, test } from "vitest";
import { friends, heardAll } from "./support/friends.ts";

describe("a locked conversation", () => {
  test("is marked on this device alone, also after a restart, until it is unlocked", async () => {
    const { alice, bob } = await friends();
    const id = (await alice.read("conversations", {}))[0]?.id ?? "";
    for (let twice = 0; twice < 2; twice++) await alice.engine.lockConversation({ conversation: id, locked: true });
    await alice.restart();
    expect((await alice.read("conversation", { id }))?.locked).toBe(true);
    expect((await bob.read("conversations", {})).map(({ locked }) => locked)).toEqual([undefined]);
    await alice.engine.lockConversation({ conversation: id, locked: false });
    expect((await alice.read("conversations", {})).map(({ locked }) => locked)).toEqual([undefined]);
    const nowhere = alice.engine.lockConversation({ conversation: "00".repeat(16), locked: true });
    await expect(nowhere).rejects.toMatchObject({ code: "conversation_unknown" });
  });

  test("gives no hit to a search over all, and its hits to a search of its own", async () => {
    const people = await friends();
    const { alice, bob } = people;
    await bob.say("Alice", "the word is marzipan");
    await heardAll(people, 0, 1);
    const id = (await alice.read("conversations", {}))[0]?.id ?? "";
    const hits = async (conversation?: string): Promise<number> =>
      (await alice.engine.search({ text: "marzipan", limit: 5, ...(conversation && { conversation }) })).length;
    expect(await hits()).toBe(1);
    await alice.engine.lockConversation({ conversation: id, locked: true });
    expect([await hits(), await hits(id)]).toEqual([0, 1]);
    await alice.engine.lockConversation({ conversation: id, locked: false });
    expect(await hits()).toBe(1);
  });
});
