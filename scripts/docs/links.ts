/**
 * What a document points to: files and headings of this repository. Of addresses elsewhere nothing
 * is said.
 */
import { posix } from "node:path";
import type { SourceFile } from "../repository.ts";

const LINK = /!?\[(?:[^\]\\]|\\.)*\]\(([^()\s]+(?:\([^()\s]*\)[^()\s]*)*)\)/g;
const ELSEWHERE = /^(?:[a-z][a-z0-9+.-]*:|\/\/)/i;
const HEADING = /^#{1,6} +(.+?) *#*$/gm;
/** A file of the repository named in the text, in backticks or not. */
const NAMED =
  /(?<![\w/.-])((?:docs|e2e|bench|scripts|deploy|packages|apps|vectors)\/[\w/.-]*\.(?:md|tsx?|mjs|json|jsonl|pv|svg|png|yml|conf|sh))(?![\w-])/g;
const SECTION = /`?docs\/protocol\.md`?, sections? ([0-9]+(?:\.[0-9]+)*)(?: and ([0-9]+(?:\.[0-9]+)*))?/g;

/** Links, files and sections of docs/protocol.md that are named and not there, as sentences. */
export function brokenLinks(documents: readonly SourceFile[], exists: (path: string) => boolean): string[] {
  const texts = new Map(documents.map(({ path, text }) => [path, text]));
  const anchors = (path: string): ReadonlySet<string> => anchorsOf(texts.get(path) ?? "");
  const sections = new Set(
    [...(texts.get("docs/protocol.md") ?? "").matchAll(/^#{2,4} ([0-9.]+?)\.? /gm)].map(([, n]) => n),
  );
  return documents.flatMap((document) => [
    ...[...proseOf(document.text).matchAll(LINK)].flatMap(([, target = ""]) => linkProblem(document, target)),
    ...[...withoutFences(document.text).matchAll(NAMED)].flatMap(([, file = ""]) =>
      exists(file) || exists(beside(document.path, file)) ? [] : [`${document.path}: there is no ${file}`],
    ),
    ...[...document.text.matchAll(SECTION)].flatMap(([, ...named]) =>
      named
        .filter((n) => n !== undefined && !sections.has(n))
        .map((n) => `${document.path}: docs/protocol.md has no section ${n}`),
    ),
  ]);

  function linkProblem({ path }: SourceFile, target: string): string[] {
    if (ELSEWHERE.test(target)) return [];
    const [file = "", anchor] = decodeURI(target).split("#");
    const found = file === "" ? path : beside(path, file);
    if (!exists(found)) return [`${path}: there is no ${target}`];
    if (anchor === undefined || !found.endsWith(".md") || anchors(found).has(anchor)) return [];
    return [`${path}: ${found} has no heading #${anchor}`];
  }
}

/**
 * The anchors of a document's headings, as GitHub and Forgejo make them; of two alike the second
 * ends in -1.
 */
export function anchorsOf(text: string): ReadonlySet<string> {
  const seen = new Map<string, number>();
  const anchors = [...withoutFences(text).matchAll(HEADING)].map(([, heading = ""]) => {
    const slug = slugOf(heading);
    const times = seen.get(slug) ?? 0;
    seen.set(slug, times + 1);
    return times === 0 ? slug : `${slug}-${times}`;
  });
  return new Set(anchors);
}

const slugOf = (heading: string): string =>
  heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}\s_-]/gu, "")
    .trim()
    .replaceAll(/\s/g, "-");

const withoutFences = (text: string): string => text.replaceAll(/^ *(```|~~~)[^]*?^ *\1/gm, "");

/** The text without code: what looks like a link in it is none. */
const proseOf = (text: string): string => withoutFences(text).replaceAll(/`[^`\n]*`/g, "``");

/** A path as seen from a document. */
const beside = (document: string, file: string): string =>
  file.startsWith("/") ? file.slice(1) : posix.join(posix.dirname(document), file);
