import { describe, expect, test } from "vitest";
import { needless, shrunk, type Allowed } from "./code/allowed.ts";
import { arrowsBetweenRooms, roomOf } from "./code/arrows.ts";
import { cyclesIn, wayRound } from "./code/cycles.ts";
import { functionsIn } from "./code/functions.ts";
import { importGraph, ownPackage } from "./code/imports.ts";
import { directivesWithoutReason, rulesWithoutReason } from "./code/lint-reasons.ts";
import { phrasesIn } from "./code/phrases.ts";
import { insertsWithoutColumns, statementsOutsideTables } from "./code/sql.ts";

const files = (texts: Record<string, string>) => Object.entries(texts).map(([path, text]) => ({ path, text }));

describe("the graph of imports", () => {
  const packages = [
    ownPackage({ path: "packages/a/package.json", text: '{ "name": "@x/a", "exports": "./src/index.ts" }' }),
    ownPackage({
      path: "packages/b/package.json",
      text: '{ "name": "@x/b", "exports": { ".": "./src/index.ts", "./deep": "./src/in/deep.ts" } }',
    }),
  ];

  test("has every kind of import of our own modules, and none of others", () => {
    const graph = importGraph(
      files({
        "packages/a/src/index.ts": [
          'import { readFileSync } from "node:fs";',
          'import type {\n  B,\n} from "@x/b";',
          'export * from "./one.ts";',
          'import "../style.ts";',
          'const two = await import("@x/b/deep");',
          'const not = "from ./gone.ts";',
          'import { gone } from "./gone.ts";',
        ].join("\n"),
        "packages/a/src/one.ts": "",
        "packages/a/style.ts": "",
        "packages/b/src/index.ts": 'export { a } from "@x/a";',
        "packages/b/src/in/deep.ts": "",
      }),
      packages,
    );
    expect(graph.get("packages/a/src/index.ts")?.toSorted()).toEqual([
      "packages/a/src/one.ts",
      "packages/a/style.ts",
      "packages/b/src/in/deep.ts",
      "packages/b/src/index.ts",
    ]);
    expect(cyclesIn(graph)).toEqual([["packages/a/src/index.ts", "packages/b/src/index.ts"]]);
    expect(arrowsBetweenRooms(graph)).toContainEqual({ arrow: "a → b/in", count: 1 });
  });

  test("a cycle is found whole, with a way round; a tree and a diamond are none", () => {
    const ring = new Map([
      ["a", ["b"]],
      ["b", ["c", "d"]],
      ["c", ["a"]],
      ["d", []],
      ["e", ["e"]],
      ["f", ["a", "d"]],
    ]);
    expect(cyclesIn(ring)).toEqual([["a", "b", "c"], ["e"]]);
    expect(wayRound(ring, ["a", "b", "c"])).toEqual(["a", "b", "c", "a"]);
    expect(wayRound(ring, ["e"])).toEqual(["e", "e"]);
    expect(
      cyclesIn(
        new Map([
          ["a", ["b", "c"]],
          ["b", ["d"]],
          ["c", ["d"]],
          ["d", []],
        ]),
      ),
    ).toEqual([]);
  });

  test("a room is a folder at the top of src", () => {
    expect(roomOf("packages/engine/src/group/a/b.ts")).toBe("engine/group");
    expect(roomOf("apps/cli/src/main.ts")).toBe("cli");
    expect(roomOf("e2e/a.ts")).toBeUndefined();
  });
});

test("functions are measured from first to last line, with the name they can be found by", () => {
  const text =
    "export function f() {\n  return () => {\n  };\n}\nconst g = async () => {\n};\nconst o = {\n  h() {\n  },\n};";
  expect(functionsIn({ path: "a.ts", text }).map(({ name, lines }) => [name, lines])).toEqual([
    ["f", 4],
    ["", 2],
    ["g", 2],
    ["h", 2],
  ]);
});

test("a lint rule that is off needs its reason, in a source and in the configuration", () => {
  const off = "oxlint-disable-next-line";
  expect(directivesWithoutReason({ path: "a.ts", text: `// ${off} no-shadow -- the nearest is meant` })).toEqual([]);
  expect(directivesWithoutReason({ path: "a.ts", text: `// ${off} no-shadow` })).toHaveLength(1);
  expect(directivesWithoutReason({ path: "a.tsx", text: `{/* ${off} no-shadow -- */}` })).toHaveLength(1);
  expect(rulesWithoutReason({ path: "c", text: '// The nearest one is meant.\n"no-shadow": "off",' })).toEqual([]);
  expect(rulesWithoutReason({ path: "c", text: '"eqeqeq": "error",\n"no-shadow": "off",' })).toEqual([
    "c: no-shadow is off, and no comment before it says why",
  ]);
});

test("phrases are found in prose and comments, over line breaks too, and not in code or quotes", () => {
  const found = (path: string, text: string) => phrasesIn({ path, text }).map(({ line, phrase }) => [line, phrase]);
  const told = "is told";
  expect(
    found("a.md", `One\n\nit ${told.replace(" ", "\n")} this; \`${told}\`; "${told}"\n\n~~~\n${told}\n~~~`),
  ).toEqual([[3, told]]);
  expect(found("a.ts", `const a = "${told}";\n/**\n * It ${told.replace(" ", "\n * ")} so.\n */\n// ${told}`)).toEqual([
    [3, told],
    [6, told],
  ]);
  expect(found("a.css", `a { color: red } /* it ${told} */`)).toEqual([[1, told]]);
});

test("SQL is counted where no table module and no storage has it, in one call and in pieces", () => {
  const text =
    'await tx.sql.run(\n  "DELETE FROM a",\n);\nconst ALL = `\n  SELECT * FROM a`;\nawait tx.sql.all(ALL);\n// UPDATE a';
  const count = (path: string): number => statementsOutsideTables({ path: `packages/engine/src/${path}`, text });
  expect(count("features/group/a.ts")).toBe(3);
  expect(count("runtime/a.ts")).toBe(3);
  expect(count("features/group/a.table.ts")).toBe(0);
  expect(count("runtime/storage/a.ts")).toBe(0);
  expect(statementsOutsideTables({ path: "packages/store/src/a.ts", text })).toBe(0);
});

test("an insert without the names of its columns is found in the engine", () => {
  const text = "INSERT INTO a VALUES (?)` `INSERT OR IGNORE INTO b\n SELECT 1` `INSERT INTO a (b) VALUES (?)";
  expect(insertsWithoutColumns({ path: "packages/engine/src/a.ts", text })).toHaveLength(2);
  expect(insertsWithoutColumns({ path: "packages/store/src/a.ts", text })).toEqual([]);
});

test("what is let pass can only shrink, and an entry that nothing needs is a problem", () => {
  const allowed: Allowed = {
    cycles: { "packages/a/": "why", "packages/b/": "why" },
    longFunctions: ["f", "g"],
    phrases: { docs: 3, e2e: 2 },
    sql: { "a.ts": 2, "b.ts": 1 },
  };
  const found = {
    cycles: [["packages/a/x.ts", "packages/a/y.ts"]],
    longFunctions: ["g", "h"],
    phrases: new Map([["docs", 5]]),
    sql: new Map([["a.ts", 1]]),
  };
  expect(shrunk(allowed, found)).toEqual({
    cycles: { "packages/a/": "why" },
    longFunctions: ["g"],
    phrases: { docs: 3 },
    sql: { "a.ts": 1 },
  });
  expect(needless(allowed, found).map((problem) => problem.split(" ")[1])).toEqual(["packages/b/", "f", "e2e", "b.ts"]);
});
