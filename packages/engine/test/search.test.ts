import type { SqlRow } from "@pli/engine/ports";
import { openTestDatabase, type TestDisk } from "@pli/testkit";
import { describe, expect, test } from "vitest";
import { PARTS, addPart } from "../src/runtime/storage/migrations/to-12.ts";
import { allBytes, friends, heardAll, rowsOf } from "./support/friends.ts";
import { VERSION_1 } from "./support/older-versions.ts";

/** What it is, what was written, what is typed. */
const FOUND: readonly (readonly [string, string, string])[] = [
  ["accents left out", "Je t'écris depuis László", "laszlo"],
  ["accents, other case", "ÉRIC arrive", "éric"],
  ["Cyrillic, other case", "Тестовая группа", "тестовая"],
  ["decomposed query", "rendez-vous au café noir", "cafe\u0301"],
  ["decomposed text", "ce soir au cafe\u0301 Procope", "café procope"],
  ["Chinese, a part of the sentence", "我喜歡用這個程式", "喜歡"],
  ["Chinese, one character", "我喜歡用這個程式", "歡"],
  ["Chinese, two parts", "我喜歡用這個程式", "程式 喜歡"],
  ["Japanese, a part of the sentence", "明日は東京駅で会いましょう", "東京駅"],
  ["Japanese, half width", "カタカナで書く", "ｶﾀｶﾅ"],
  ["Korean, inside a word", "서울대학교에서 만나요", "대학교"],
  ["Korean, a syllable half typed", "부산에서 봐요", "부ㅅ"],
  ["Thai, a part of the sentence", "พรุ่งนี้เจอกันที่สถานีรถไฟ", "สถานี"],
  ["Thai, half typed", "พรุ่งนี้เจอกันที่สถานีรถไฟ", "สถาน"],
  ["Khmer", "ខ្ញុំទៅផ្សារ", "ផ្សារ"],
  ["German ß as ss", "Die Straße ist gesperrt", "strasse"],
  ["ss as ß", "Das GASSE-Tor", "gaße"],
  ["œ as oe", "le cœur du sujet", "coeur"],
  ["a ligature", "c’est la ﬁn", "fin"],
  ["full-width letters", "ＰＬＩ　２０２６", "pli 2026"],
  ["Turkish dotted I", "İstanbul'da görüşelim", "istanbul"],
  ["Arabic", "نلتقي في المحطة غدا", "المحطة"],
  ["Arabic with vowels", "مُحَمَّد هنا", "محمد"],
  ["Hindi", "कल स्टेशन पर मिलेंगे", "स्टेशन"],
  ["an emoji alone", "on se voit 🎉", "🎉"],
  ["an emoji of another skin", "parfait 👍🏽", "👍"],
  ["a flag", "allez les 🇫🇷", "🇫🇷"],
  ["a sign", "cela coûte 30€", "€"],
  ["signs behind a letter", "écrit en C++", "c++"],
  ["a word inside code", "lance `npm_run` ici", "npm_run"],
  ["an apostrophe", "aujourd’hui peut-être", "aujourd'hui"],
  ["a number with separators", "le 06 12 34 56 78", "06 12 34"],
  ["a part of an address", "voir https://exemple.fr/chemin_long", "exemple.fr"],
  ["the beginning of a word", "la préfecture ferme", "préfec"],
];

/** What must not be found by what is typed. */
const NOT_FOUND: readonly (readonly [string, string])[] = [
  ["the middle of a word", "fecture"],
  ["characters in another order", "歡喜"],
  ["a word that nobody wrote", "zzz"],
  ["no word at all", '"* OR ('],
  ["nothing", ""],
  ["an operator", "préfecture NOT ferme"],
  ["another flag", "🇷🇺"],
];

describe("search", async () => {
  const people = await friends();
  const { alice, bob } = people;
  const texts = [...new Set(FOUND.map(([, text]) => text))];
  for (const text of texts) await alice.say("Bob", text);
  await heardAll(people, texts.length, 0);
  const find = async (typed: string): Promise<unknown[]> =>
    (await bob.engine.search({ text: typed, limit: 100 })).map(
      ({ message: { body } }) => body.kind === "text" && body.text,
    );

  test.each(FOUND)("finds %s", async (_, text, typed) => {
    expect(await find(typed)).toContain(text);
  });

  test.each(NOT_FOUND)("does not find %s", async (_, typed) => {
    expect(await find(typed)).toEqual([]);
  });

  test("answers whatever is typed, however long", async () => {
    for (const typed of ['"', "^a", "a AND", "text:a", "\0", "\ud800", "喜".repeat(100_000), "a ".repeat(100_000)])
      expect(await find(typed)).toBeInstanceOf(Array);
  });
});

test("what is deleted leaves the pages of the index at once", async () => {
  const people = await friends();
  const { alice, bob } = people;
  for (const text of ["we meet at noon", "the word is marzipan", "marzipan again", "see you"])
    await alice.say("Bob", text);
  await heardAll(people, 4, 0);
  const [again, first] = await bob.engine.search({ text: "marzipan", limit: 5 });
  const inIndex = async (): Promise<number> => {
    await bob.engine.close();
    const rows = await rowsOf(
      bob.disk,
      "SELECT block FROM messages_text_data UNION ALL SELECT c0 FROM messages_text_content",
    );
    await bob.start(bob.disk);
    return rows.filter(holds("marzipan")).length;
  };
  expect(await inIndex()).toBeGreaterThan(2);
  await bob.engine.forgetMessage({ message: again?.message.id ?? "" });
  await bob.engine.forgetMessage({ message: first?.message.id ?? "" });
  expect(await inIndex()).toBe(0);
  await bob.engine.close();
  expect((await allBytes(bob.disk)).includes("marzipan")).toBe(false);
});

const holds =
  (word: string) =>
  (row: SqlRow): boolean =>
    Object.values(row).some((value) =>
      Buffer.from(typeof value === "string" ? value : (value as Uint8Array)).includes(word),
    );

/**
 * The index as version 7 left it, the words parted by SQLite as they were written; and then rebuilt
 * as by version 8.
 */
async function renewIndexOf7(disk: TestDisk): Promise<void> {
  const database = await openTestDatabase(disk);
  await database.transaction(async (sql) => {
    await sql.run("DROP TABLE messages_text");
    await sql.run(VERSION_1.find((statement) => statement.includes("messages_text")) ?? "");
    await sql.run("INSERT INTO messages_text (rowid, text) SELECT ord, text FROM messages WHERE kind = 'text'");
    await addPart(sql, PARTS.SEARCH_INDEX);
  });
  await database.close();
}

test("what was written before the index was made anew is found too, and nothing else than texts", async () => {
  const people = await friends();
  const { alice, bob } = people;
  for (const text of ["明日は東京駅で", "on se voit 🎉", "paired"]) await alice.say("Bob", text);
  await heardAll(people, 3, 0);
  await bob.engine.close();
  await renewIndexOf7(bob.disk);
  await bob.start(bob.disk);
  for (const typed of ["東京駅", "🎉", "paired"])
    expect(await bob.engine.search({ text: typed, limit: 5 })).toHaveLength(1);
  await bob.engine.close();
  expect(await rowsOf(bob.disk, "SELECT rowid FROM messages_text")).toEqual(
    await rowsOf(bob.disk, "SELECT ord AS rowid FROM messages WHERE kind = 'text'"),
  );
});

test("more messages than are read at once are all in the index that is made anew", async () => {
  const { bob } = await friends();
  await bob.engine.close();
  const database = await openTestDatabase(bob.disk);
  await database.transaction(async (sql) => {
    for (let i = 0; i < 1203; i++)
      await sql.run(
        `INSERT INTO messages (id, conversation, sender, mine, kind, text, sent_at, state)
         SELECT ?, id, contact, 0, 'text', '東京 ' || ?, 0, 'received' FROM conversations`,
        [`m${i}`, i],
      );
  });
  await database.close();
  await renewIndexOf7(bob.disk);
  await bob.start(bob.disk);
  const first = await bob.engine.search({ text: "京", limit: 1000 });
  const before = first.at(-1)?.message.order ?? 0;
  expect([first.length, (await bob.engine.search({ text: "京", limit: 1000, before })).length]).toEqual([1000, 203]);
});
