/** Tables whose last column names tests: by a file, and titles or parts of titles in it. */
import { rowsBelow } from "./tables.ts";

/** A table of a document; `folder`: of test files that are named without one. */
export interface TestedTable {
  readonly document: string;
  readonly head: string;
  readonly folder: string;
}

/** A file, by the letter of its folder or whole, and titles behind it. */
const TESTS = /(?:([EP]) )?`([^`]+\.test\.ts)`((?:[,;] "[^"]+")+)/g;
const FOLDERS: Readonly<Record<string, string>> = { E: "packages/engine/test/", P: "packages/protocol/test/" };

/** Rows without a test, and tests that do not exist, as sentences. */
export function untested(
  { document, head, folder }: TestedTable,
  sourceOf: (file: string) => string | undefined,
): string[] {
  const rows = rowsBelow(sourceOf(document) ?? "", head);
  const problems =
    rows.length === 0 ? [`there is no table ${head}`] : rows.flatMap((row) => untestedRow(row, folder, sourceOf));
  return problems.map((problem) => `${document}: ${problem}`);
}

function untestedRow(
  cells: readonly string[],
  ownFolder: string,
  sourceOf: (file: string) => string | undefined,
): string[] {
  const [what = ""] = cells;
  const tests = [...(cells.at(-1) ?? "").matchAll(TESTS)];
  if (tests.length === 0) return [`"${what}" names no test`];
  return tests.flatMap(([, letter = "", name = "", titles = ""]) => {
    const file = `${FOLDERS[letter] ?? ownFolder}${name}`;
    const source = sourceOf(file);
    if (source === undefined) return [`"${what}": there is no ${file}`];
    const missing = [...titles.matchAll(/"([^"]+)"/g)].filter(([, title = ""]) => !source.includes(title));
    return missing.map(([title]) => `"${what}": ${file} has no test ${title}`);
  });
}
