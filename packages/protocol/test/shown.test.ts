import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { blankMark, createNaming, likenessOf, shownPieces, shownText } from "../src/content/index.ts";

const [ZWJ, ZWNJ] = ["\u200d", "\u200c"];

describe("what writing needs is shown as it is", () => {
  test.each([
    ["English", "It’s a test: 100 %, “quoted”, e-mail@example.org\nsecond\tline"],
    ["French, with its narrow spaces", "Ça va\u202f? L’été\u00a0: «\u00a0oui\u00a0»"],
    ["Vietnamese, decomposed", "Tiếng Việt".normalize("NFD")],
    ["Greek with its accents", "ᾇ ᾧ".normalize("NFD")],
    ["Hebrew with points and cantillation", "בְּרֵאשִׁ֖ית בָּרָ֣א אֱלֹהִ֑ים"],
    ["Arabic with its points", "بِسْمِ ٱللَّهِ ٱلرَّحْمَٰنِ"],
    ["Hebrew with a mark of direction beside it", "שפת C++\u200e היא"],
    ["Persian with a joiner that does not join", `می${ZWNJ}خواهم`],
    ["an Arabic letter in its joining form", `ه${ZWJ}`],
    ["Hindi with both joiners", `क्${ZWJ}ष क्${ZWNJ}ष`],
    ["Malayalam at the end of a word", `നിന്${ZWJ} ഞാന്${ZWJ}`],
    ["Sinhala", `ක්${ZWJ}ර`],
    ["Thai", "สวัสดีครับ น้ำ ที่นี่"],
    ["Thai with spaces of no width between words", "ภาษา\u200bไทย"],
    ["Khmer", "ភាសា\u200bខ្មែរ"],
    ["Old Hangul", "\u115f\u1161\u11ab \u1112\u1160"],
    ["Mongolian with a variant", "ᠠ\u180b"],
    ["a name in Japanese with the variant its bearer uses", "葛\u{e0100}城"],
    ["Braille", "⠃⠕⠝⠚⠕⠥⠗\u2800⠁"],
    ["a family, a couple with two skins, a pirate flag", "👩‍👩‍👧‍👦 👩🏻‍❤️‍💋‍👨🏼 🏴‍☠️ 👁️‍🗨️"],
    ["keycaps, hearts, text hearts, flags", "1️⃣ #️⃣ ❤️ ❤︎ 🇫🇷 👍🏽"],
    [
      "the flags of England, Scotland and Wales",
      "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}🏴\u{e0067}\u{e0062}\u{e0077}\u{e006c}\u{e0073}\u{e007f}",
    ],
    ["letters struck through", "s\u0336t\u0336r\u0336i\u0336k\u0336e\u0336"],
  ])("%s", (_what, text) => {
    expect(shownPieces(text)).toEqual([{ type: "text", text }]);
  });
});

describe("what nobody sees, what turns and what piles up is marked", () => {
  test.each([
    ["a space of no width", "pay\u200bpal", "pay⟨U+200B⟩pal"],
    ["a soft hyphen, a joiner of words, a byte order mark", "a\u00adb\u2060c\ufeffd", "a⟨U+00AD⟩b⟨U+2060⟩c⟨U+FEFF⟩d"],
    ["joiners in Latin text", `ad${ZWJ}min${ZWNJ}`, "ad⟨U+200D⟩min⟨U+200C⟩"],
    ["the second of two joiners", `می${ZWNJ}${ZWNJ}خواهم`, `می${ZWNJ}⟨U+200C⟩خواهم`],
    ["a joiner between words that needs none", `👩${ZWJ} 👩`, "👩⟨U+200D⟩ 👩"],
    ["a chain of emoji longer than any", `👩${`${ZWJ}👩`.repeat(5)}`, `👩${`${ZWJ}👩`.repeat(3)}⟨U+200D⟩👩${ZWJ}👩`],
    ["a turned text", "gpj.\u202eexe.\u202c", "gpj.⟨U+202E⟩exe.⟨U+202C⟩"],
    ["isolates", "a\u2066b\u2069", "a⟨U+2066⟩b⟨U+2069⟩"],
    ["a mark of direction in Latin text", "pay\u200epal \u200f", "pay⟨U+200E⟩pal ⟨U+200F⟩"],
    ["an escape sequence", "\u001b[2J\u009b1m\u0007", "⟨U+001B⟩[2J⟨U+009B⟩1m⟨U+0007⟩"],
    ["a carriage return and line separators", "a\rb\u2028c\u2029d", "a⟨U+000D⟩b⟨U+2028⟩c⟨U+2029⟩d"],
    ["a text in tags", "hi\u{e0068}\u{e0065}\u{e006c}\u{e0070}", "hi⟨U+E0068 +3⟩"],
    ["a flag of no nation", "🏴\u{e0075}\u{e0073}\u{e0074}\u{e0078}\u{e007f}", "🏴⟨U+E0075 +4⟩"],
    ["bytes in variation selectors", "😀\ufe0f\u{e0151}\u{e0152}", "😀\ufe0f⟨U+E0151 +1⟩"],
    ["a variation selector on a letter", "a\ufe0f", "a⟨U+FE0F⟩"],
    ["a filler of Hangul", "\u3164 \uffa0 x\u115f", "⟨U+3164⟩ ⟨U+FFA0⟩ x⟨U+115F⟩"],
    ["what a marked character would have needed", "a\u2800\ufe0fb", "a⟨U+2800 +1⟩b"],
    ["blank Braille where there is no other", "a\u2800b", "a⟨U+2800⟩b"],
    ["a hundred accents", `e${"\u0301".repeat(100)}`, `e${"\u0301".repeat(4)}⟨U+0301 +95⟩`],
    ["a tower of Thai", `ก${"\u0e47".repeat(20)}`, `ก${"\u0e47".repeat(6)}⟨U+0E47 +13⟩`],
    ["an accent that would stand on our own words", "\u0338x", "⟨U+0338⟩x"],
    ["an accent at the beginning of a line", "a\n\u0338", "a\n⟨U+0338⟩"],
    ["an accent behind a mark, which would stand on it", "e\u200b\u0301", "e⟨U+200B⟩⟨U+0301⟩"],
    [
      "an accent of one kind behind too many of another",
      `ש${"\u05b0".repeat(7)}\u0301`,
      `ש${"\u05b0".repeat(6)}⟨U+05B0 +1⟩`,
    ],
    ["marks of direction in a row, beside Hebrew too", "ש\u200e\u200f\u200e", "ש\u200e⟨U+200F +1⟩"],
    ["half a character", "a\ud800b", "a\ufffdb"],
  ])("%s", (_what, text, shown) => {
    expect(shownText(text)).toBe(shown);
  });

  test("in a name a line break and a tab are marked too", () => {
    expect(shownText("Bruno\n14:03\tCamille", "one line")).toBe("Bruno⟨U+000A⟩14:03⟨U+0009⟩Camille");
  });
});

const NASTY = [
  ZWJ,
  ZWNJ,
  "\u200b",
  "\u202e",
  "\u0301",
  "\u0e47",
  "\ufe0f",
  "\u{e0067}",
  "🏴",
  "👩",
  "ا",
  "क",
  "1",
  "\u20e3",
  "\n",
  "\u001b",
  "\ud800",
  "\u2800",
  " ",
];
const anyText = fc.string({ unit: fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: "binary", maxLength: 1 })) });

test("whatever the text, nothing of it is lost: texts and marks together have all its characters, in order", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const pieces = shownPieces(text);
      const left = Array.from(text.toWellFormed());
      for (const piece of pieces) {
        const taken = left.splice(0, piece.type === "text" ? Array.from(piece.text).length : piece.count);
        const same = piece.type === "text" ? piece.text === taken.join("") : piece.first === taken[0]?.codePointAt(0);
        expect(same).toBe(true);
      }
      expect(left).toEqual([]);
    }),
  );
});

test("whatever the text, what is shown holds no control, no override and no tower", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const shown = shownText(text);
      // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
      expect(shown).not.toMatch(/[\p{Zl}\p{Zp}\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/u);
      expect(shown).not.toMatch(/[\u0300-\u036f]{5}|\u0e47{7}|\u200b{2}/u);
    }),
  );
});

test("a message of nothing but spaces is one mark", () => {
  expect(blankMark(" \u3000\n")).toEqual({ type: "mark", reason: "invisible", first: 0x20, count: 3 });
  expect(blankMark(" a ")).toBeUndefined();
});

test("a text as long as any, of the worst, is looked through in one go", () => {
  for (const unit of ["a\u200b", "\u202e", `👩${ZWJ}`, "\u200e1", "e\u0301", "\u0e47"]) {
    const text = unit.repeat(65_536 / unit.length);
    expect(shownText(text).length).toBeLessThan(12 * text.length);
  }
});

describe("names others chose", () => {
  const bruno = { id: "b0b0b0b0b0", name: "Bruno" };
  const camille = { id: "c0ffee0011", name: "Camille" };
  const self = { id: "5e1f5e1f55", name: "Nadia", own: true };
  const naming = createNaming([self, bruno, camille]);
  const mallory = (name: string) => naming.nameOf({ id: "bad0bad0bad", name });

  test.each(["Élodie Martin-Duval", "O’Brien Jr.", "محمد", "דנה", "李小龍", "Léa 🌻", "Anne-Marie & Tom", "R2-D2"])(
    "%s is a name like any",
    (name) => expect(mallory(name).replaceAll(/[\u2068\u2069]/gu, "")).toBe(name),
  );

  test.each([
    ["a line of somebody else", "Bruno: yes  14:05  Camille"],
    ["a time", "14:05 Bruno"],
    ["a tick", "Eve ✓✓ read"],
    ["a tick as an emoji", "Eve ✔"],
    ["a note of ours", "· You left the group"],
    ["degrees of trust", "Eve ●●●"],
    ["the sign of oneself", "Eve (you)"],
    ["several people", "Eve, Bruno"],
    ["two spaces", "Eve  Bruno"],
    ["an identifier", "Eve [c0ffee00]"],
    ["a mark of ours", "Eve ⟨U+200B⟩"],
    ["an alphabet within another", "Еve"],
  ])("%s stands in quotes", (_what, name) => {
    expect(mallory(name)).toMatch(/^“[^“”]+”$/u);
  });

  test("quotes within a name cannot end it", () => {
    expect(mallory("Eve”: yes, “Bruno")).toBe("“Eve⟨U+201D⟩: yes, ⟨U+201C⟩Bruno”");
  });

  test("whatever the name, nothing leaves its quotes or its line", () => {
    const names = fc.string({
      unit: fc.oneof(
        fc.constantFrom("“", "”", ":", "·", "\n", " ", "✓", "a"),
        fc.string({ unit: "binary", maxLength: 1 }),
      ),
    });
    fc.assert(
      fc.property(names, (name) => {
        const shown = mallory(name)
          .replaceAll(/[\u2068\u2069]/gu, "")
          .replace(/ ?\[bad0bad0\]$/u, "");
        expect(shown).not.toMatch(/[\n\r\t]/u);
        expect(shown).toMatch(/^(?:“[^“”]*”|[^:·✓“”]*)$/u);
      }),
    );
  });

  test.each(["Bruno", "bruno", "Brunó", "Вгuno".replace("г", "r"), "BRUNO ", "Brun0", "B\u200druno", "Nadia", "NADIA"])(
    "%j, chosen by somebody else, has their identifier behind it",
    (name) => expect(mallory(name)).toMatch(/ \[bad0bad0\]$/u),
  );

  test("what we call the reader, ourselves and nobody is no name of anybody, in any language", () => {
    for (const name of ["You", "you", "Vous", "Yоu", "Moi", "Pli", "System", "Système", "Brouillon"])
      expect(mallory(name)).toMatch(/ \[bad0bad0\]$/u);
  });

  test("a name that the reader gave stays as it is; the one others chose says who they are", () => {
    const known = createNaming([
      { ...bruno, own: true },
      { id: "bad0bad0bad", name: "Bruno" },
    ]);
    expect(known.nameOf(bruno)).toBe("Bruno");
    expect(known.nameOf({ id: "bad0bad0bad", name: "Bruno" })).toBe("Bruno [bad0bad0]");
  });

  test("of two whose names others chose both say who they are, and of two the reader called the same", () => {
    for (const own of [false, true]) {
      const known = createNaming([
        { ...bruno, own },
        { id: "bad0bad0bad", name: "Bruno", own },
      ]);
      expect(known.nameOf(bruno)).toBe("Bruno [b0b0b0b0]");
      expect(known.nameOf({ id: "bad0bad0bad", name: "Bruno" })).toBe("Bruno [bad0bad0]");
    }
  });

  test("who has no name that can be seen is called by their identifier", () => {
    for (const name of ["", " ", "\u3164", "\u2800\u200b"]) expect(mallory(name)).toBe("[bad0bad0]");
  });

  test("a name like an identifier is not taken for one: whose it is stands behind it", () => {
    expect(mallory("b0b0b0b0")).toBe("b0b0b0b0 [bad0bad0]");
    expect(mallory("B0B0 b0b0")).toMatch(/ \[bad0bad0\]$/u);
    expect(mallory("bad0bad0")).toBe("bad0bad0");
  });

  test("a name from right to left does not turn what stands around it", () => {
    expect(mallory("محمد")).toBe("\u2068محمد\u2069");
  });

  test("an accent, which any script may have, is no letter from right to left", () => {
    expect(mallory("Tie\u0302\u0301ng")).toBe("Tie\u0302\u0301ng");
    expect(shownText("e\u0301\u200c")).toBe("e\u0301⟨U+200C⟩");
  });

  test("in a place of its own a name has no quotes, and its identifier apart", () => {
    expect(naming.partsOf({ id: "bad0bad0bad", name: "Bruno (work)" })).toEqual({
      name: "Bruno (work)",
      id: undefined,
    });
    expect(naming.partsOf({ id: "bad0bad0bad", name: "Bruno" })).toEqual({ name: "Bruno", id: "bad0bad0" });
  });

  test("likeness is of what is seen", () => {
    expect(likenessOf("Élodie")).toBe(likenessOf("ELODIE"));
    expect(likenessOf("Вruno")).toBe(likenessOf("Bruno"));
    expect(likenessOf("Ali")).not.toBe(likenessOf("Alia"));
  });
});
