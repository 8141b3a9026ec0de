/** The words of the recovery secret: shown until they are confirmed, asked for now and then. */
import { createWorld, type Person } from "@pli/testkit";
import { expect, test } from "vitest";
import { rowsOf } from "./support/friends.ts";

const DAY_MS = 86_400_000;

const dueOf = async (person: Person) => (await person.read("recovery", {})).due;

test("the words are there in both languages until they are confirmed, and then in no database", async () => {
  const world = createWorld();
  const alice = await world.person("Alice");
  const [fr, en] = [
    await alice.engine.recoveryWords({ language: "fr" }),
    await alice.engine.recoveryWords({ language: "en" }),
  ];
  expect([fr.length, en.length]).toEqual([19, 19]);
  expect(await alice.read("recovery", {})).toEqual({ isShowable: true });
  expect(await alice.engine.checkRecovery({ words: fr.join(" ").toUpperCase() })).toEqual({ right: true });
  expect(await alice.read("recovery", {})).toEqual({ isShowable: false, confirmedAt: world.clock.now() });
  await expect(alice.engine.recoveryWords({ language: "fr" })).rejects.toMatchObject({ code: "recovery_words_gone" });
  expect(await alice.engine.checkRecovery({ words: en.join("\n") })).toEqual({ right: true });
  await alice.engine.close();
  expect(await rowsOf(alice.disk, "SELECT recovery FROM profile")).toEqual([{ recovery: null }]);
});

test("wrong words say what is wrong with them, and erase nothing", async () => {
  const world = createWorld();
  const [alice, bob] = [await world.person("Alice"), await world.person("Bob")];
  const words = await alice.engine.recoveryWords({ language: "en" });
  const check = (typed: readonly string[]) => alice.engine.checkRecovery({ words: typed.join(" ") });
  expect(await check(words.with(3, "whatsit"))).toEqual({ right: false, code: "recovery_word_unknown", place: 4 });
  expect(await check(words.slice(1))).toEqual({ right: false, code: "recovery_words_missing", words: 18 });
  expect(await check([...words, "zoo"])).toEqual({ right: false, code: "recovery_words_too_many" });
  const other = words[2] === words[9] ? words.with(2, "zoo") : words.with(2, words[9] ?? "").with(9, words[2] ?? "");
  expect(await check(other)).toEqual({ right: false, code: "recovery_words_wrong" });
  const bobs = await bob.engine.recoveryWords({ language: "fr" });
  expect(await check(bobs)).toEqual({ right: false, code: "recovery_words_of_another" });
  expect(await alice.engine.recoveryWords({ language: "en" })).toEqual(words);
});

test("the person is asked after a week, again a week later, and a year after they had the words", async () => {
  const world = createWorld();
  const alice = await world.person("Alice");
  world.store.takeDown();
  const later = async (days: number): Promise<void> => {
    await alice.engine.close();
    await world.clock.advance(days * DAY_MS);
    await alice.start(alice.disk);
  };
  await later(6);
  expect(await dueOf(alice)).toBeUndefined();
  await later(1);
  expect(await dueOf(alice)).toBe("write");
  await alice.engine.postponeRecovery();
  expect(await dueOf(alice)).toBeUndefined();
  await later(7);
  expect(await dueOf(alice)).toBe("write");
  const words = await alice.engine.recoveryWords({ language: "fr" });
  await alice.engine.checkRecovery({ words: words.join(" ") });
  await later(364);
  expect(await dueOf(alice)).toBeUndefined();
  await later(1);
  expect(await dueOf(alice)).toBe("check");
});
