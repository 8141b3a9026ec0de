import { describe, expect, test } from "vitest";
import { MAP_HEAD, mapProblems } from "./architecture/map.ts";
import { PATH_HEAD, pathProblems } from "./architecture/paths.ts";
import { REPAIRS_HEAD, repairProblems } from "./architecture/repairs.ts";
import { rowsBelow } from "./architecture/tables.ts";
import { untested } from "./architecture/tested.ts";

const table = (head: string, ...rows: string[]): string =>
  [head, head.replaceAll(/[^|]+/g, "---"), ...rows, "", "Text.", ""].join("\n");

test("the rows of a table are found by its head", () => {
  expect(rowsBelow(`# T\n\n${table("| a | b |", "| 1 | x |", "| 2 | |")}`, "| a | b |")).toEqual([
    ["1", "x"],
    ["2", ""],
  ]);
  expect(rowsBelow("# T\n", "| a | b |")).toEqual([]);
});

describe("the map of folders", () => {
  const files = [
    "packages/a/src/one/x.ts",
    "packages/a/src/one/deep/y.ts",
    "packages/a/src/features/x/z.ts",
    "apps/b/src/main.ts",
    "docs/c.md",
  ];
  const map = (...rows: string[]) => mapProblems(table(MAP_HEAD, ...rows), files);
  const good = [
    "| `packages/a` | an a | |",
    "| — `one` | a one | b |",
    "| — `features` | f | |",
    "| — `features/x` | an x | |",
    "| `apps/b` | a b | |",
    "| `docs/` | docs | |",
  ];

  test("with a line for each folder, and deeper ones where wanted, is right", () => {
    expect(map(...good)).toEqual([]);
    expect(map(...good.slice(0, 2), "| — `one/deep` | deeper | |", ...good.slice(2))).toEqual([]);
  });

  test.each([
    [good.slice(1), "the map has no line for packages/a"],
    [good.filter((row) => !row.includes("one")), "the map has no line for packages/a/src/one"],
    [[...good.slice(0, 2), "| — `two` | gone | |", ...good.slice(2)], "there is no folder packages/a/src/two"],
    [good.filter((row) => !row.includes("x`")), "the map has no line for packages/a/src/features/x"],
    [[...good.slice(0, 2), ...good.slice(1)], "the map has packages/a/src/one twice"],
    [[...good.slice(0, 5), "| `docs/` | | |"], "the map says nothing of `docs/`"],
  ])("%j is not", (rows, problem) => {
    expect(map(...rows)).toContain(problem);
  });
});

describe("a path through the code", () => {
  const path = { title: "The life of a thing", comment: "Thing path" };
  const document = (...rows: string[]) => `# A\n\n## The life of a thing\n\n${table(PATH_HEAD, ...rows)}\n## Other\n`;
  const rows = ["| 1 | begins | `begin` | `a.ts` |", "| 2 | ends | `end` | `b.ts` |"];
  const sources = [
    { path: "a.ts", text: "/** Thing path 1/2: begins. */\nexport function begin(): void {}" },
    { path: "b.ts", text: "// Thing path 2/2\nconst end = () => 0;" },
  ];

  test("whose rows name what stands behind its comments is right", () => {
    expect(pathProblems(path, document(...rows), sources)).toEqual([]);
  });

  test.each([
    [document(), sources, "“The life of a thing” has no table of its path"],
    [document(...rows.slice(0, 1)), sources, 'row 1: a.ts has no comment "Thing path 1/1"'],
    [document(...rows.toReversed()), sources, "the rows of “The life of a thing” are not numbered 1 to 2"],
    [document(...rows), sources.slice(0, 1), "row 2: there is no b.ts"],
    [
      document(rows[0] ?? "", "| 2 | ends | `stop` | `b.ts` |"),
      sources,
      "row 2: stop does not follow its comment in b.ts",
    ],
    [
      document(...rows),
      [...sources, { path: "c.ts", text: "// Thing path 2/2" }],
      'c.ts: "Thing path 2/2" is in no row',
    ],
  ])("%j is not", (text, files, problem) => {
    expect(pathProblems(path, text, files)).toContain(problem);
  });
});

test("the table of repairs says of each cause what the code says, and nothing more", () => {
  const written = table(REPAIRS_HEAD, "| `a` | it happened | they | `x` |", "| `b` | it too | they | `y` |");
  expect(repairProblems(written, { a: "x", b: "y" })).toEqual([]);
  expect(repairProblems(written, { a: "x", b: "z" })).toEqual(["the code repairs b by z, the table by y"]);
  expect(repairProblems(written, { a: "x" })).toEqual(["the code knows no cause b"]);
  expect(repairProblems("", { a: "x" })).toEqual(["the code repairs a by x, the table by nothing"]);
});

test("a row names tests that exist", () => {
  const head = "| what | test |";
  const problems = (row: string) =>
    untested(
      { document: "d.md", head, folder: "t/" },
      (file) =>
        ({ "d.md": table(head, row), "t/a.test.ts": 'test("one thing")', "packages/engine/test/b.test.ts": "two" })[
          file
        ],
    );
  expect(problems('| w | `a.test.ts`, "one"; E `b.test.ts`, "two" |')).toEqual([]);
  expect(problems("| w | none yet |")).toEqual(['d.md: "w" names no test']);
  expect(problems('| w | `a.test.ts`, "two" |')).toEqual(['d.md: "w": t/a.test.ts has no test "two"']);
  expect(problems('| w | `c.test.ts`, "two" |')).toEqual(['d.md: "w": there is no t/c.test.ts']);
});
