import { expect, test } from "vitest";
import { excerptOf, ranked } from "../src/ui/conversations/match.ts";

const shown = (line: string, typed: string): string =>
  excerptOf(line, typed)
    .map(({ text, hit }) => (hit ? `[${text}]` : text))
    .join("");

test.each([
  ["on se voit à l’ÉTÉ", "ete", "on se voit à l’[ÉTÉ]"],
  ["Die Straße ist lang", "strasse lang", "Die [Straße] ist [lang]"],
  ["明日は東京駅で会いましょう", "東京", "明日は[東京]駅で会いましょう"],
  ["cafe\u0301 noir", "café", "[cafe\u0301] noir"],
  ["on se voit 🎉", "🎉", "on se voit [🎉]"],
  ["plain", "absent", "plain"],
  [`${"word ".repeat(40)}here and there`, "here", "… word word word word word [here] and there"],
  [`${"字".repeat(400)}東京`, "東京", `… ${"字".repeat(30)}[東京]`],
  ["x ".repeat(1000), "absent", "x ".repeat(150)],
])("the excerpt of %j for %j marks what the search found", (line, typed, excerpt) => {
  expect(shown(line, typed)).toBe(excerpt);
});

test("an excerpt never begins or ends with half a character", () => {
  const halves = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/u;
  for (let shift = 0; shift < 3; shift++)
    expect(shown(`${"x".repeat(shift)}${"𠮷".repeat(200)}東${"𠮷".repeat(300)}`, "東")).not.toMatch(halves);
});

test.each([
  ["Camille Bernard", "ber cam"],
  ["Jean-Pierre", "jean-pi"],
  ["Jean-Pierre", "pierre"],
  ["山田太郎", "太郎"],
  ["Élodie", "elo"],
  ["Strauß", "strauss"],
])("the name %j is found by %j", (name, typed) => {
  expect(ranked([{ id: "00", name }], typed, { who: (item) => item, given: new Set() })).toHaveLength(1);
});

test.each([
  ["Camille", "mille"],
  ["Camille", "-"],
])("the name %j is not found by %j", (name, typed) => {
  expect(ranked([{ id: "00", name }], typed, { who: (item) => item, given: new Set() })).toEqual([]);
});
