import { expect, test } from "vitest";
import { splitWords } from "../../src/text/split.ts";

test("words of a line are split as people write them", () => {
  expect(splitWords('create "Les voisins" Camille')).toEqual(["create", "Les voisins", "Camille"]);
  expect(splitWords("add « Bob Martin » “Zoé”  x")).toEqual(["add", "Bob Martin", "Zoé", "x"]);
  expect(splitWords("  ")).toEqual([]);
});
