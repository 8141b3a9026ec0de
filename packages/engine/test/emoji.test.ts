import { createWorld } from "@pli/testkit";
import { expect, test } from "vitest";

test("the last 32 chosen emoji are known, each once, the newest first, also after a restart", async () => {
  const world = createWorld();
  const alice = await world.person("Alice");
  const recent = async () => (await alice.read("emoji", {})).recent;
  expect(await recent()).toEqual([]);
  for (const emoji of ["👍🏽", "🎉", "👍🏽"]) await alice.engine.rememberEmoji({ emoji });
  expect(await recent()).toEqual(["👍🏽", "🎉"]);
  for (let n = 0; n < 40; n++) await alice.engine.rememberEmoji({ emoji: String.fromCodePoint(0x1f600 + n) });
  await alice.restart();
  expect((await recent()).length).toBe(32);
  expect((await recent())[0]).toBe(String.fromCodePoint(0x1f600 + 39));
  await expect(alice.engine.rememberEmoji({ emoji: "x".repeat(65) })).rejects.toMatchObject({
    code: "request_malformed",
  });
  await alice.engine.close();
});
