/**
 * Phrases that make riddles of sentences. They are counted in Markdown and in comments, not in
 * code, nor in what a document quotes.
 */
import { parseSync } from "vite";
import { MODULES } from "./imports.ts";
import type { SourceFile } from "../repository.ts";

/** One phrase found: in which file, and the line it stands in. */
export interface FoundPhrase {
  readonly path: string;
  readonly line: number;
  readonly phrase: string;
}

const PHRASES = /\b(?:whoever|goes\s+on|anew|so\s+many|(?:is|are)\s+told)\b/gi;
const NOT_PROSE = /^ *(```|~~~)[^]*?^ *\1|`[^`\n]*`|"[^"\n]*"|“[^”]*”/gm;
const CSS_COMMENT = /\/\*[^]*?\*\//g;

export function phrasesIn({ path, text }: SourceFile): FoundPhrase[] {
  return proseOf(path, text).flatMap(({ start, words }) =>
    [...words.matchAll(PHRASES)].map((found) => ({
      path,
      line: text.slice(0, start + found.index).split("\n").length,
      phrase: found[0].replaceAll(/[\s*/]+/g, " "),
    })),
  );
}

/** The stretches of a file that are prose, and where each begins. */
function proseOf(path: string, text: string): { start: number; words: string }[] {
  if (path.endsWith(".md")) return [{ start: 0, words: text.replaceAll(NOT_PROSE, blank) }];
  if (path.endsWith(".css"))
    return [...text.matchAll(CSS_COMMENT)].map((found) => ({ start: found.index, words: asOneLine(found[0]) }));
  if (!MODULES.test(path) || asOneLine(text).search(PHRASES) < 0) return [];
  return parseSync(path, text).comments.map(({ start, end }) => ({ start, words: asOneLine(text.slice(start, end)) }));
}

/** A phrase may be broken over two lines of a comment: their leads become spaces. */
const asOneLine = (comment: string): string => comment.replaceAll(/\n\s*(?:\*|\/\/)/g, blank);

/** As many spaces as there were characters, so that lines can still be counted. */
const blank = (part: string): string => part.replaceAll(/[^\n]/g, " ");
