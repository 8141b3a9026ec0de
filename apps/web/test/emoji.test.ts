import { expect, test } from "vitest";
import en from "../src/emoji/en.json" with { type: "json" };
import fr from "../src/emoji/fr.json" with { type: "json" };
import { foldedText } from "@pli/engine/content";
import { found } from "../src/ui/emoji/data.ts";

test.each([
  ["en", en],
  ["fr", fr],
])("each emoji that is offered in %s is one that Unicode recommends, once, with a name", (_, rows) => {
  const all = rows.flatMap(([emoji, , , , tones]) => [String(emoji), ...String(tones).split(" ").filter(Boolean)]);
  expect(all.filter((emoji) => !/^\p{RGI_Emoji}$/v.test(emoji))).toEqual([]);
  expect(new Set(all).size).toBe(all.length);
  expect(rows.filter(([, name]) => name === "")).toEqual([]);
  expect(rows.length).toBeGreaterThan(1_800);
});

test("both languages offer the same emoji in the same order", () => {
  expect(fr.map(([emoji]) => emoji)).toEqual(en.map(([emoji]) => emoji));
});

test("an emoji is found by the beginnings of its words, without accents and case, or by itself", () => {
  const one = { emoji: "🚀", label: "fusée", group: 5, tones: [], words: " fusee espace" };
  for (const typed of ["fus", "FUSÉE esp", " 🚀", ""]) expect(found([one], typed)).toEqual([one]);
  const heart = { ...one, emoji: "🫀", words: ` ${foldedText("cœur anatomique")}` };
  expect(found([heart], "coeur")).toEqual([heart]);
  for (const typed of ["usee", "fusée lune", "(", "\\"]) expect(found([one], typed)).toEqual([]);
});
