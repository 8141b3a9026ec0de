import { describe, expect, test } from "vitest";
import { claimProblems, claimsIn, type Place } from "./docs/claims.ts";
import { anchorsOf, brokenLinks } from "./docs/links.ts";

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
