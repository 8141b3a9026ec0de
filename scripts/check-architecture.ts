/**
 * Compares four tables with the code. The life of a message: each row names a function that stands
 * in that file right behind the comment `Message path n/N`, the numbers are contiguous, and no such
 * comment is left over. Who repairs what: each row names tests, by a file and a part of a title in
 * it, or says that there is none yet. What one contact can cause, and the limits of the store: the
 * same.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

interface Row {
  readonly n: number;
  readonly name: string;
  readonly file: string;
}

const root = join(import.meta.dirname, "..");
const DOCUMENT = "ARCHITECTURE.md";
const ROW = /^\| *(\d+) *\|[^|]*\| *`([^`]+)` *\| *`([^`]+)` *\|$/gm;
const MARK = /Message path (\d+)\/(\d+)/g;
/** The comment may take some lines before its function begins. */
const NEAR = 600;

function rowsOf(): Row[] {
  const text = readFileSync(join(root, DOCUMENT), "utf8");
  return [...text.matchAll(ROW)].map(([, n, name = "", file = ""]) => ({ n: Number(n), name, file }));
}

function problemsOf(rows: readonly Row[]): string[] {
  const problems = rows.flatMap((row) => problemOf(row, rows.length));
  const contiguous = rows.every(({ n }, i) => n === i + 1);
  return contiguous ? problems : [...problems, `the rows are not numbered 1 to ${rows.length}`];
}

function problemOf({ n, name, file }: Row, count: number): string[] {
  if (!existsSync(join(root, file))) return [`row ${n}: there is no ${file}`];
  const source = readFileSync(join(root, file), "utf8");
  const at = source.indexOf(`Message path ${n}/${count}`);
  if (at < 0) return [`row ${n}: ${file} has no comment "Message path ${n}/${count}"`];
  const defined = new RegExp(String.raw`(?:function\s+|const\s+|^\s*)${name}\s*(?:[<(:=]|$)`, "m");
  return defined.test(source.slice(at, at + NEAR)) ? [] : [`row ${n}: ${name} does not follow its comment in ${file}`];
}

function strayMarks(rows: readonly Row[]): string[] {
  const listed = execFileSync("git", ["ls-files", "apps", "packages"], { cwd: root, encoding: "utf8" });
  return listed
    .split("\n")
    .filter((file) => /\/src\/.*\.tsx?$/.test(file) && existsSync(join(root, file)))
    .flatMap((file) =>
      [...readFileSync(join(root, file), "utf8").matchAll(MARK)].map(([mark, n]) => ({ file, mark, n })),
    )
    .filter(({ file, n }) => !rows.some((row) => row.file === file && row.n === Number(n)))
    .map(({ file, mark }) => `${file}: "${mark}" is in no row`);
}

/** Tables whose last column names tests, beside the folder of files that are named without one. */
const TESTED = [
  { document: "docs/protocol.md", head: "| what went wrong | who repairs it, how | within | test |", folder: "" },
  { document: "docs/protocol.md", head: "| what | bound | beyond it | blocking | test |", folder: "" },
  {
    document: "docs/store.md",
    head: "| what | of a connection | of an address | in all | beyond | test |",
    folder: "packages/store/test/",
  },
];
/** A file, by the letter of its folder or whole, and titles behind it. */
const TESTS = /(?:([EP]) )?`([^`]+\.test\.ts)`((?:[,;] "[^"]+")+)/g;
const FOLDERS: Readonly<Record<string, string>> = { E: "packages/engine/test/", P: "packages/protocol/test/" };

function untested({ document, head, folder }: (typeof TESTED)[number]): string[] {
  const text = readFileSync(join(root, document), "utf8");
  const at = text.indexOf(head);
  const [table = ""] = at < 0 ? [] : text.slice(at).split("\n\n");
  const tested = table.split("\n").slice(2);
  const problems =
    tested.length === 0 ? [`there is no table ${head}`] : tested.flatMap((row) => untestedRow(row, folder));
  return problems.map((problem) => `${document}: ${problem}`);
}

function untestedRow(row: string, ownFolder: string): string[] {
  const cells = row.split("|").map((cell) => cell.trim());
  const [, what = ""] = cells;
  const tests = [...(cells.at(-2) ?? "").matchAll(TESTS)];
  if (tests.length === 0) return [`"${what}" names no test`];
  return tests.flatMap(([, letter = "", name = "", titles = ""]) => {
    const file = `${FOLDERS[letter] ?? ownFolder}${name}`;
    if (!existsSync(join(root, file))) return [`"${what}": there is no ${file}`];
    const source = readFileSync(join(root, file), "utf8");
    const missing = [...titles.matchAll(/"([^"]+)"/g)].filter(([, title = ""]) => !source.includes(title));
    return missing.map(([title]) => `"${what}": ${file} has no test ${title}`);
  });
}

const rows = rowsOf();
const path =
  rows.length === 0 ? ["the life of a message is not written down"] : [...problemsOf(rows), ...strayMarks(rows)];
const problems = [...path.map((problem) => `${DOCUMENT}: ${problem}`), ...TESTED.flatMap(untested)];
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
