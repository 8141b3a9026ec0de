import { expect, test } from "vitest";
import { en } from "../src/words/en.ts";
import { fr } from "../src/words/fr.ts";

interface Sentence {
  key: string;
  arity: number;
  said: string[];
}

/** Every sentence of a language, those with blanks filled in with numbers and with words. */
function sentencesOf(node: unknown, key = ""): Sentence[] {
  if (typeof node === "string") return [{ key, arity: -1, said: [node] }];
  if (typeof node === "function") {
    const speak = node as (...blanks: unknown[]) => string;
    const fill = (blank: unknown): string => speak(...Array.from({ length: speak.length }, () => blank));
    return [{ key, arity: speak.length, said: [1, 2, 5000, "mot"].map(fill) }];
  }
  return Object.entries(Object(node)).flatMap(([name, child]) =>
    sentencesOf(child, key === "" ? name : `${key}.${name}`),
  );
}

const [french, english] = [sentencesOf(fr), sentencesOf(en)];

/** Said by nobody: the state of a message that was received. */
const SILENT = new Set(["state.received"]);

test("both languages have the same sentences with the same blanks", () => {
  const shape = (all: Sentence[]) => all.map(({ key, arity }) => `${key}/${arity}`).toSorted();
  expect(shape(french)).toEqual(shape(english));
  expect(french.length).toBeGreaterThan(200);
});

test("no sentence is empty, begins or ends with a space, or has two in a row", () => {
  const wrong = [...french, ...english].flatMap(({ key, said }) =>
    SILENT.has(key)
      ? []
      : said.filter((text) => text.trim() === "" || /^\s|\s$|\s\s/u.test(text)).map((text) => `${key}: ${text}`),
  );
  expect(wrong).toEqual([]);
});

test("in French a space before ; : ! ? » and after « never breaks, and is never missing", () => {
  const wrong = french.flatMap(({ key, said }) =>
    said
      .filter((text) => / [;:!?»%]|« |«[^\u00A0\u202F]|[^\s\u00A0\u202F][!?;»]/u.test(text))
      .map((text) => `${key}: ${text}`),
  );
  expect(wrong).toEqual([]);
});

test("in both languages apostrophes and quotation marks are those of print, and dots are one character", () => {
  const wrong = [...french, ...english].flatMap(({ key, said }) =>
    said.filter((text) => /['"]|\.\.\./u.test(text)).map((text) => `${key}: ${text}`),
  );
  expect(wrong).toEqual([]);
});

test("a search that finds nothing is said to find nothing", () => {
  expect([fr.list.results(0), fr.list.results(1), fr.list.results(2)]).toEqual([
    "Aucun résultat",
    "1 résultat",
    "2 résultats",
  ]);
  expect([en.list.results(0), en.list.results(1), en.list.results(2)]).toEqual(["No result", "1 result", "2 results"]);
});
