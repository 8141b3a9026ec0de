import fc from "fast-check";
import { expect, test } from "vitest";
import { FORMATS, withFormat, type FormatName } from "../src/ui/thread/composer/formatting.ts";

/** A text in which `[` and `]` stand around what is selected. */
function selectedIn(shown: string) {
  const start = shown.indexOf("[");
  return { text: shown.replace("[", "").replace("]", ""), start, end: shown.indexOf("]") - 1 };
}

function after(shown: string, name: FormatName): string {
  const selected = selectedIn(shown);
  const { from, to, by, start, end } = withFormat(selected, name);
  const text = selected.text.slice(0, from) + by + selected.text.slice(to);
  return `${text.slice(0, start)}[${text.slice(start, end)}]${text.slice(end)}`;
}

test.each<readonly [string, FormatName, string]>([
  ["a [word] b", "bold", "a **[word]** b"],
  ["a **[word]** b", "bold", "a [word] b"],
  ["a[ word ]b", "italic", "a *[word]* b"],
  ["[]", "strike", "~~[]~~"],
  ["**[x]**", "italic", "***[x]***"],
  ["***[x]***", "italic", "**[x]**"],
  ["a [b] c", "spoiler", "a ||[b]|| c"],
  ["one\n[]two", "quote", "one\n> []two"],
  ["one\nt[]wo", "list", "one\n- t[]wo"],
  ["o[ne\ntw]o\nthree", "list", "[- one\n- two]\nthree"],
  ["[- one\n- two]", "list", "[one\ntwo]"],
  ["[]", "list", "- []"],
])("%j in %s is %j", (shown, name, expected) => expect(after(shown, name)).toBe(expected));

test("whatever is selected, a format twice leaves the words as they were", () => {
  const texts = fc.array(fc.constantFrom("a", " ", "\n", "é", "😀"), { maxLength: 12 });
  fc.assert(
    fc.property(
      texts,
      fc.nat(),
      fc.nat(),
      fc.constantFrom(...(Object.keys(FORMATS) as FormatName[])),
      (parts, a, b, name) => {
        const text = parts.join("");
        const [start = 0, end = 0] = [a % (text.length + 1), b % (text.length + 1)].toSorted((x, y) => x - y);
        const first = withFormat({ text, start, end }, name);
        const once = text.slice(0, first.from) + first.by + text.slice(first.to);
        const second = withFormat({ text: once, start: first.start, end: first.end }, name);
        expect(once.slice(0, second.from) + second.by + once.slice(second.to)).toBe(text);
      },
    ),
  );
});
