import { describe, expect, test } from "vitest";
import { recordProblems } from "./docs/adr.ts";
import { claimProblems, claimsIn, type Place } from "./docs/claims.ts";
import { glossaryProblems } from "./docs/glossary.ts";
import { anchorsOf, brokenLinks } from "./docs/links.ts";
import { picturesNotShown } from "./docs/pictures.ts";

describe("links in documents", () => {
  const files = new Set(["README.md", "docs/a.md", "docs/b.md", "docs/pictures/a.png", "docs/protocol.md"]);
  const problems = (text: string, path = "docs/a.md") =>
    brokenLinks(
      [
        { path, text },
        { path: "docs/b.md", text: "# B\n\n## What is *so*, and `why`\n\n## Twice\n\n## Twice\n" },
        { path: "docs/protocol.md", text: "# P\n\n## 8. Again\n\n### 8.6 Who repairs what\n" },
      ],
      (file) => files.has(file),
    );

  test("to a file, a heading, a picture or another site are right", () => {
    const right = [
      "[b](b.md) [b](b.md#what-is-so-and-why) [own](#own) ![p](pictures/a.png) [up](../README.md)",
      "[twice](b.md#twice-1) [site](https://example.org/x#y) [mail](mailto:a@b.example)",
      "`[code](gone.md)` `docs/b.md` docs/protocol.md, sections 8 and 8.6",
      "```\n[code](gone.md)\n```\n\n## Own",
    ];
    expect(problems(right.join("\n\n"))).toEqual([]);
  });

  test.each([
    ["[b](gone.md)", "docs/a.md: there is no gone.md"],
    ["![p](pictures/b.png)", "docs/a.md: there is no pictures/b.png"],
    ["[b](b.md#nowhere)", "docs/a.md: docs/b.md has no heading #nowhere"],
    ["[own](#nowhere)", "docs/a.md: docs/a.md has no heading #nowhere"],
    ["[twice](b.md#twice-2)", "docs/a.md: docs/b.md has no heading #twice-2"],
    ["see `docs/gone.md`", "docs/a.md: there is no docs/gone.md"],
    ["docs/protocol.md, section 8.9", "docs/a.md: docs/protocol.md has no section 8.9"],
  ])("%s is not", (text, problem) => {
    expect(problems(text)).toEqual([problem]);
  });

  test("headings have the anchors that people click on", () => {
    const text = "# Élan vital\n\n## [A](b.md) `c`, d!\n\n```\n# not one\n```\n";
    expect([...anchorsOf(text)]).toEqual(["élan-vital", "a-c-d"]);
  });
});

describe("claims", () => {
  const place: Place = { name: "X.md", text: "We keep\n  nothing. We say so.", promises: ["We keep\n nothing."] };
  const sources: Record<string, string> = { "packages/engine/test/a.test.ts": 'test("keeps nothing", () => 0)' };
  const problems = (rows: string) =>
    claimProblems(
      claimsIn(`# T\n\n## X.md\n\n| what is said | what shows it |\n|---|---|\n${rows}\n`),
      [place],
      (file) => sources[file],
    );

  test("with words that are said and tests that exist are right, and so is one that says why it has none", () => {
    expect(
      problems('| We keep nothing | E `a.test.ts`, "keeps nothing" |\n| We say so | not tested: they are words |'),
    ).toEqual([]);
  });

  test.each([
    [
      '| We keep all | E `a.test.ts`, "keeps nothing" |\n| keep nothing | not tested: no reason is enough |',
      ["“We keep all” is not said in X.md"],
    ],
    ["| We keep nothing | see above |", ["“We keep nothing” names no test, and no reason why there is none"]],
    ["| We keep nothing | not tested: |", ["“We keep nothing” names no test, and no reason why there is none"]],
    ['| We keep nothing | E `b.test.ts`, "x" |', ["“We keep nothing”: there is no packages/engine/test/b.test.ts"]],
    [
      '| We keep nothing | E `a.test.ts`, "keeps" |',
      ["“We keep nothing”: packages/engine/test/a.test.ts has no test “keeps”"],
    ],
    ["| We say so | not tested: they are words |", ["X.md promises without a claim: “We keep nothing.”"]],
  ])("%s is not", (rows, wrong) => {
    expect(problems(rows)).toEqual(wrong);
  });
});

describe("decision records", () => {
  const good =
    "# ADR 7: A title\n\n* Status: accepted; amends 3\n* Date: 2026-11-24\n\n## Context\n\n## Decision\n\n### More\n\n## Consequences\n";
  const index = "| [7](0007-a-title.md) | A title | accepted | 2026-11-24 |";
  const problems = (text: string, listed = index) =>
    recordProblems([
      { path: "docs/adr/README.md", text: listed },
      { path: "docs/adr/0007-a-title.md", text },
    ]);

  test("with title, status, date, three sections and a line in the index are right", () => {
    expect(problems(good)).toEqual([]);
  });

  test.each([
    [good.replace("# ADR 7:", "# 7."), "docs/adr/0007-a-title.md: it does not begin with a title, a status and a date"],
    [
      good.replace("* Date: 2026", "* Date: 26"),
      "docs/adr/0007-a-title.md: it does not begin with a title, a status and a date",
    ],
    [
      good.replace("### More", "## More"),
      "docs/adr/0007-a-title.md: its sections are Context, Decision, More, Consequences, not Context, Decision, Consequences",
    ],
  ])("%j is not", (text, problem) => {
    expect(problems(text)).toEqual([problem]);
  });

  test("not listed, or listed otherwise, are not", () => {
    const line = `docs/adr/README.md: there is no line ${index}`;
    expect(problems(good, "")).toEqual([line]);
    expect(problems(good, index.replace("accepted", "rejected"))).toEqual([line]);
  });
});

test("a glossary has few words, in order, each with one sentence", () => {
  const glossary = (...rows: string[]) => `| word | what it is |\n|---|---|\n${rows.join("\n")}\n`;
  expect(glossaryProblems(glossary("| a | An a is so. |", "| `B` | A b is (RFC 1, section 2) so. |"))).toEqual([]);
  expect(glossaryProblems(glossary("| b | A b. |", "| a | An a. |"))).toEqual(["“a” is not in its place"]);
  expect(glossaryProblems(glossary("| a | An a. It is so. |"))).toEqual(["“a” is not one sentence"]);
  const many = Array.from({ length: 61 }, (_, i) => `| w${String(i).padStart(2, "0")} | A word. |`);
  expect(glossaryProblems(glossary(...many))).toEqual(["it has 61 entries, more than 60"]);
});

test("a picture that no document shows is found", () => {
  const documents = [
    { path: "README.md", text: "![a](docs/pictures/a.png)" },
    { path: "docs/deep/b.md", text: "![b](../pictures/b.png)" },
  ];
  const pictures = ["a", "b", "c"].map((name) => `docs/pictures/${name}.png`);
  expect(picturesNotShown(pictures, documents)).toEqual([
    "docs/pictures/c.png is shown nowhere (node e2e/screenshots.ts makes all)",
  ]);
});
