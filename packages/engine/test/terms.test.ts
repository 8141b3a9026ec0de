import { propertyRuns } from "@pli/testkit/dials";
import fc from "fast-check";
import { openTestDatabase } from "@pli/testkit";
import { describe, expect, test } from "vitest";
import { CREATE_SEARCH_INDEX, indexMessage } from "../src/runtime/storage/search-index.ts";
import { indexQuery, indexText, placesOf } from "../src/features/messages/terms.ts";

/** What the text looks like with the places in brackets. */
function marked(text: string, typed: string): string {
  let [shown, at] = ["", 0];
  for (const { start, end } of placesOf(text, typed)) {
    shown += `${text.slice(at, start)}[${text.slice(start, end)}]`;
    at = end;
  }
  return shown + text.slice(at);
}

describe("the terms of a text", () => {
  test.each([
    ["Je t’écris depuis László", "je t ecris depuis laszlo"],
    ["Straße, STRASSE, ẞ", "strasse strasse ss"],
    ["cœur, Ærø, ﬁn, ＡＢＣ, ｶﾞ ガ", "coeur aero fin abc ガ ガ".normalize("NFKD")],
    ["我喜歡 Pli。", "我 喜 歡 pli"],
    ["東京駅で", "東 京 駅 で".normalize("NFKD")],
    ["학교에서", "학 교 에 서".normalize("NFKD")],
    ["สถานี", "ส ถ า นี"],
    ["İstanbul ısı", "istanbul isi"],
    ["المَحَطَّة", "المحطة"],
    ["שָׁלוֹם", "שלום"],
    ["स्टेशन", "स्टेशन"],
    ["Ὀδυσσεύς ΣΑΣ", "οδυσσευσ σασ"],
    ["👍🏽 ❤️ 👨‍👩‍👧 🇫🇷🇩🇪 1️⃣", "👍 ❤ 👨 👩 👧 🇫🇷 🇩🇪 1"],
    ["C++ 5€ m² ™ — …", "c + + 5 € m2 tm"],
    ["a\u00adb\ud800c \u202e", "ab c"],
    ["“…” !?", ""],
    ["x".repeat(65_536), "x".repeat(64)],
  ])("%j are %j", (text, terms) => {
    expect(indexText(text)).toBe(terms);
  });
});

describe("the places of a hit", () => {
  test.each([
    ["Rendez-vous à l’été", "rendez ete", "[Rendez]-vous à l’[été]"],
    ["明日は東京駅で", "東京", "明日は[東京]駅で"],
    ["die Straße ist", "strasse", "die [Straße] ist"],
    ["am Bahnhof", "bahn", "am [Bahnhof]"],
    ["on se voit 🎉🎉", "🎉", "on se voit [🎉🎉]"],
    ["ﬁnir", "fin", "[ﬁnir]"],
    ["cafe\u0301 noir", "café", "[cafe\u0301] noir"],
    ["학교에서", "하", "[학]교에서"],
    ["only one of them", "one two", "only one of them"],
    ["", "", ""],
  ])("in %j of %j", (text, typed, shown) => {
    expect(marked(text, typed)).toBe(shown);
  });
});

describe("whatever is typed", () => {
  const piece = fc.oneof(
    fc.string({ unit: "binary", maxLength: 8 }),
    fc.constantFrom(
      '"',
      "*",
      "^",
      "NEAR(",
      "OR",
      "{a}:",
      "-",
      "+",
      "東",
      "京",
      "é",
      "ß",
      "🎉",
      "\ud800",
      "\0",
      " ",
      "ก็",
      "하",
    ),
  );
  const texts = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));

  test("the index answers, and finds what `placesOf` finds and nothing else", async () => {
    const database = await openTestDatabase();
    await database.transaction(async (sql) => {
      for (const statement of CREATE_SEARCH_INDEX) await sql.run(statement);
    });
    await fc.assert(
      fc.asyncProperty(texts, texts, async (text, typed) => {
        const found = await database.transaction(async (sql) => {
          await sql.run("DELETE FROM messages_text");
          await indexMessage(sql, 1, text);
          const wanted = indexQuery(typed);
          return wanted === undefined
            ? false
            : (await sql.all("SELECT 1 FROM messages_text WHERE messages_text MATCH ?", [wanted])).length > 0;
        });
        expect(placesOf(text, typed).length > 0).toBe(found);
      }),
      { numRuns: propertyRuns(300) },
    );
    await database.close();
  });

  test("every text is found by each of its own terms", () => {
    fc.assert(
      fc.property(texts, (text) => {
        for (const term of indexText(text).split(" ").filter(Boolean)) expect(placesOf(text, term)).not.toEqual([]);
      }),
      { numRuns: propertyRuns(300) },
    );
  });

  test("the places are in order, apart and inside the text", () => {
    fc.assert(
      fc.property(texts, texts, (text, typed) => {
        let end = 0;
        for (const place of placesOf(text + typed, typed)) {
          expect(place.start).toBeGreaterThanOrEqual(end);
          expect(place.end).toBeGreaterThan(place.start);
          end = place.end;
        }
        expect(end).toBeLessThanOrEqual(text.length + typed.length);
      }),
      { numRuns: propertyRuns(300) },
    );
  });

  test.each(["\u3200", "⒜", "a㈀b"])("a character that is taken apart (%s) is found as a whole", (text) => {
    expect(placesOf(text, text)).toEqual([{ start: 0, end: text.length }]);
  });

  test("a text that is all different terms is in the index as far as a person's text can go", () => {
    const words = Array.from({ length: 13_000 }, (_, i) => `w${i}`);
    expect(indexText(words.join(" "))).toBe(words.slice(0, 4096).join(" "));
    const long = Array.from({ length: 20_000 }, (_, i) => `w${i % 3000}`).join(" ");
    expect(indexText(long)).toBe(long);
  });

  test.each(["x", "東", "a ", "🎉", "+", "\u0301", "ก", "ᄀ", "\u3099", "é", '"', "ﷺ", "한", "㍿"])(
    "%j repeated 256 KiB long is read once, its terms are at most eight times as long, and a query is bounded",
    (unit) => {
      const long = unit.repeat(Math.ceil(262_144 / unit.length));
      expect(indexText(long).length).toBeLessThanOrEqual(8 * long.length);
      expect(indexQuery(long)?.length ?? 0).toBeLessThan(8_192);
    },
  );
});
