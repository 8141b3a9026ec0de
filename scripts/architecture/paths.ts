/**
 * Paths through the code, as tables: each row names a function that stands in that file right
 * behind the comment `… path n/N`. The rows are numbered from 1, and no such comment is left over.
 */
import type { SourceFile } from "../repository.ts";
import { rowsBelow } from "./tables.ts";

/** A table of the document, and the words of its comments. */
export interface Path {
  readonly title: string;
  /** What comes before `n/N` in a comment: `Message path`. */
  readonly comment: string;
}

interface Row {
  readonly n: number;
  readonly name: string;
  readonly file: string;
}

export const PATH_HEAD = "| n | step | function | file |";
/** The comment may take some lines before its function begins. */
const NEAR = 600;

/** What is wrong with one path, as sentences. */
export function pathProblems({ title, comment }: Path, document: string, sources: readonly SourceFile[]): string[] {
  const section = document.split(/^## /m).find((one) => one.startsWith(`${title}\n`)) ?? "";
  const rows = rowsBelow(section, PATH_HEAD).map(([n, , name = "", file = ""]) => ({
    n: Number(n),
    name: name.replaceAll("`", ""),
    file: file.replaceAll("`", ""),
  }));
  if (rows.length === 0) return [`“${title}” has no table of its path`];
  const isContiguous = rows.every(({ n }, i) => n === i + 1);
  return [
    ...rows.flatMap((row) => rowProblems(row, `${comment} ${row.n}/${rows.length}`, sources)),
    ...(isContiguous ? [] : [`the rows of “${title}” are not numbered 1 to ${rows.length}`]),
    ...strayComments(rows, comment, sources),
  ];
}

function rowProblems({ n, name, file }: Row, comment: string, sources: readonly SourceFile[]): string[] {
  const source = sources.find(({ path }) => path === file)?.text;
  if (source === undefined) return [`row ${n}: there is no ${file}`];
  const at = source.indexOf(comment);
  if (at < 0) return [`row ${n}: ${file} has no comment "${comment}"`];
  const defined = new RegExp(String.raw`(?:function\s+|const\s+|^\s*)${name}\s*(?:[<(:=]|$)`, "m");
  return defined.test(source.slice(at, at + NEAR)) ? [] : [`row ${n}: ${name} does not follow its comment in ${file}`];
}

function strayComments(rows: readonly Row[], comment: string, sources: readonly SourceFile[]): string[] {
  const pattern = new RegExp(String.raw`${comment} (\d+)/\d+`, "g");
  return sources.flatMap(({ path, text }) =>
    [...text.matchAll(pattern)]
      .filter(([, n]) => !rows.some((row) => row.file === path && row.n === Number(n)))
      .map(([found]) => `${path}: "${found}" is in no row`),
  );
}
