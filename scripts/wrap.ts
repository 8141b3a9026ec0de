/**
 * `node scripts/wrap.ts [--check]`: wraps comments and Markdown at 100 columns, or names each line
 * that is longer. Only a paragraph with such a line is wrapped again. Tables, code, headings and
 * single long words stay as they are.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readFiles, root } from "./repository.ts";

const COLUMNS = 100;
const WRAPPED = /\.(?:ts|tsx|mts|mjs|css|md)$/;

/** What stands before the words of a line: of a paragraph, the first line and the others. */
interface Lead {
  readonly first: string;
  readonly rest: string;
}

/** Words of one paragraph, and the lines of the file that hold it. */
interface Paragraph {
  readonly lead: Lead;
  readonly lines: readonly string[];
  readonly words: string;
}

const STARTS_ITEM = /^(?:[-*+]|\d+[.)])\s+/;
const STAYS = /^(?:\||#|```|<|\[\^?[^\]]+\]:|@|---|===|$)/;
const OPENS_FENCE = /^\s*(?:>\s*)?(?:```|~~~)/;
/** A line that a break of the line would turn into a list, a quote or a heading. */
const MAY_NOT_BEGIN = /^(?:[-*+>#]|\d+[.)]$|\|)/;

function fill({ lead, words }: Paragraph): string[] {
  const lines: string[] = [];
  let line = lead.first;
  let isEmpty = true;
  for (const word of unbroken(words)) {
    const isTooLong = line.length + 1 + word.length > COLUMNS;
    if (!isEmpty && isTooLong) {
      lines.push(line);
      line = lead.rest;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}

/** The words, each with what may not begin a line behind it. */
function unbroken(words: string): string[] {
  const out: string[] = [];
  for (const word of words.split(/ +/)) {
    if (out.length > 0 && MAY_NOT_BEGIN.test(word)) out.push(`${out.pop()} ${word}`);
    else out.push(word);
  }
  return out;
}

function wrapped(paragraph: Paragraph): readonly string[] {
  const isLong = paragraph.lines.some((line) => line.length > COLUMNS);
  return isLong ? fill(paragraph) : paragraph.lines;
}

/**
 * Wraps prose whose lines all begin with `margin`: a page of Markdown, or the inside of a comment.
 */
function wrapProse(lines: readonly string[], margin: string): string[] {
  const out: string[] = [];
  let open: { lead: Lead; lines: string[]; words: string[] } | undefined;
  let isFenced = false;
  const close = (): void => {
    if (open !== undefined) out.push(...wrapped({ ...open, words: open.words.join(" ") }));
    open = undefined;
  };
  for (const line of lines) {
    const inner = line.slice(margin.length);
    const quote = /^\s*(?:> ?)*/.exec(inner)?.[0] ?? "";
    const words = inner.slice(quote.length).trim();
    const isIndentedCode = margin === "" && open === undefined && /^ {4}/.test(inner);
    if (OPENS_FENCE.test(inner)) isFenced = !isFenced;
    if (isFenced || STAYS.test(words) || isIndentedCode) {
      close();
      out.push(line);
      continue;
    }
    const item = STARTS_ITEM.exec(words)?.[0];
    if (item !== undefined || (quote !== open?.lead.rest.slice(margin.length) && open?.words.length === 0)) close();
    if (open === undefined || (quote.includes(">") && item !== undefined)) {
      close();
      const rest = margin + quote + " ".repeat(item?.length ?? 0);
      open = { lead: { first: margin + quote + (item ?? ""), rest }, lines: [], words: [] };
    }
    open.lines.push(line);
    open.words.push(item === undefined ? words : words.slice(item.length));
    if (/(?: {2}|\\)$/.test(line)) close();
  }
  close();
  return out;
}

const ONE_LINE = /^(\s*)(\/\*\*?) (.*) \*\/$/;
const OPENS = /^(\s*)(\/\*\*?)(?: (.*))?$/;
const SLASHES = /^(\s*)\/\/ /;
const MACHINE = /^\s*\/\/ (?:oxlint|eslint|@ts|#region|knip)/;

function wrapSource(lines: readonly string[]): string[] {
  const out: string[] = [];
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? "";
    const [, indent = "", opening = "", words = ""] = ONE_LINE.exec(line) ?? [];
    if (opening !== "") {
      const margin = `${indent} * `;
      const inside = line.length > COLUMNS ? wrapProse([margin + words], margin) : undefined;
      out.push(...(inside === undefined ? [line] : [indent + opening, ...inside, `${indent} */`]));
      continue;
    }
    const [, blockIndent = "", blockOpening = "", firstWords] = OPENS.exec(line) ?? [];
    if (blockOpening !== "") {
      const margin = `${blockIndent} * `;
      const end = lines.findIndex((other, at) => at > i && other.endsWith("*/"));
      const last = lines[end]?.replace(/\s*\*\/$/, "") ?? "";
      const inside = [
        ...(firstWords === undefined ? [] : [margin + firstWords]),
        ...lines.slice(i + 1, end),
        ...(last.trim() === "" ? [] : [last]),
      ];
      const isRegular = end > 0 && inside.every((one) => one.startsWith(margin.trimEnd()));
      const better = isRegular ? wrapProse(inside, margin).map((one) => one.trimEnd()) : inside;
      if (better.join("\n") === inside.join("\n")) out.push(...lines.slice(i, Math.max(end, i) + 1));
      else out.push(blockIndent + blockOpening, ...better, `${blockIndent} */`);
      i = Math.max(end, i);
      continue;
    }
    const slashes = SLASHES.exec(line);
    if (slashes !== null && !MACHINE.test(line)) {
      const margin = `${slashes[1]}// `;
      let end = i;
      while ((lines[end + 1] ?? "").startsWith(margin) && !MACHINE.test(lines[end + 1] ?? "")) end++;
      out.push(...wrapProse(lines.slice(i, end + 1), margin));
      i = end;
      continue;
    }
    out.push(line);
  }
  return out;
}

export function wrapText(file: string, text: string): string {
  const lines = text.split("\n");
  return (file.endsWith(".md") ? wrapProse(lines, "") : wrapSource(lines)).join("\n");
}

function main(): void {
  const isCheck = process.argv.includes("--check");
  for (const { path: file, text } of readFiles(WRAPPED)) {
    const better = wrapText(file, text);
    if (better === text) continue;
    if (!isCheck) writeFileSync(join(root, file), better);
    else process.stderr.write(`${file}: a comment or a paragraph is wider than ${COLUMNS} columns\n`);
    if (isCheck) process.exitCode = 1;
  }
}

if (process.argv[1] === import.meta.filename) main();
