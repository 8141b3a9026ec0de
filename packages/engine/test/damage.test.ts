import { copyDisk, openTestDatabase, type TestDisk } from "@pli/testkit";
import { expect, test } from "vitest";
import { friends } from "./support/friends.ts";

/** Changes rows behind the engine's back, as a fault of ours or of a disk would. */
async function spoiled(disk: TestDisk, sql: string): Promise<TestDisk> {
  const copy = copyDisk(disk);
  const database = await openTestDatabase(copy);
  await database.transaction((open) => open.run(sql));
  await database.close();
  return { ...copy, isSpoilt: true };
}

test.each([
  ["the profile's card", "UPDATE profile SET card = x'00'"],
  ["the profile's identity", "UPDATE profile SET identity = x'00'"],
  ["a contact's card", "UPDATE contacts SET card = x'00'"],
  ["a group's commit slots", "UPDATE epochs SET commits = x'00'"],
  ["a pairing", "UPDATE pairings SET state = x'00', open = 1"],
  ["a message's kind", "UPDATE messages SET kind = 'nonsense'"],
])("%s that cannot be read is damage by its name, never taken for absent", async (_, sql) => {
  const { alice } = await friends();
  await alice.say("Bob", "here");
  await alice.engine.close();
  const disk = await spoiled(alice.disk, sql);
  const use = async (): Promise<void> => {
    await alice.start(disk);
    await alice.read("status", {});
    await alice.messages("Bob");
    await alice.say("Bob", "on");
  };
  await expect(use()).rejects.toMatchObject({ code: "database_damaged" });
});

test("a group's state that cannot be read is said, and what was written stays saved", async () => {
  const { world, alice } = await friends();
  await alice.engine.close();
  await alice.start(await spoiled(alice.disk, "UPDATE epoch_states SET group_state = x'00'"));
  await alice.say("Bob", "kept");
  await world.until(async () => (await alice.read("status", {})).trouble === "database_damaged", "the trouble");
  expect((await alice.messages("Bob")).at(-1)?.state).toBe("saved");
});

test("a state that our own commit leads to is not taken for none when it cannot be read", async () => {
  const { world, alice, bob } = await friends({ updateEvery: 1 });
  await alice.engine.close();
  const pending = `INSERT INTO pending_commits (epoch, attempt, next_state, renews, hash)
    SELECT id, attempt, x'00', 1, x'00' FROM epochs WHERE retired_at IS NULL`;
  await alice.start(await spoiled(alice.disk, pending));
  for (const text of ["1", "2", "3"]) await bob.say("Alice", text);
  await world.until(async () => (await alice.read("status", {})).trouble === "database_damaged", "the trouble");
});
