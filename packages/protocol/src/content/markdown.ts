import { parseInline, type InlineNode } from "./inline.ts";

export type { InlineNode } from "./inline.ts";

/**
 * A block of a text. A list is flat; `start` is the number of the first item of an ordered one, the
 * others follow it.
 */
export type BlockNode =
  | { readonly type: "paragraph"; readonly children: readonly InlineNode[] }
  | { readonly type: "codeBlock"; readonly language: string; readonly text: string }
  | { readonly type: "quote"; readonly children: readonly BlockNode[] }
  | {
      readonly type: "list";
      readonly ordered: boolean;
      readonly start: number;
      readonly items: readonly (readonly InlineNode[])[];
    };

type Parsed = { readonly node: BlockNode; readonly next: number };

const MAX_QUOTE_DEPTH = 4;
const FENCE = /^```([A-Za-z0-9+#-]{0,32})[ \t]*$/;
const FENCE_END = /^```[ \t]*$/;
const MAX_START = 99;
const ITEM = /^ {0,3}(?:[-*+]|(0|[1-9][0-9]{0,8})[.)])[ \t]+(\S.*)$/;

/**
 * The blocks of a text in our Markdown subset: paragraphs (every line break counts), fenced code,
 * quotes, flat lists; in them bold, italic, struck out, hidden, code, links. Total and linear in
 * the length; quotes nest 4 deep, emphasis 8. Never HTML: what is not understood is text. Shared by
 * all clients; section 9.
 */
export function parseMarkdown(text: string): BlockNode[] {
  return parseBlocks(text.replaceAll(/\r\n?/g, "\n").split("\n"), 0);
}

/**
 * The text without its marks but the numbers of lists, blocks on lines of their own: for
 * notifications and lists of conversations. `hidden` stands for each hidden part, so that neither
 * what it says nor how long it is can be seen.
 */
export function plainFromMarkdown(nodes: readonly BlockNode[], hidden: string): string {
  return nodes.map((node) => plainFromBlock(node, hidden)).join("\n");
}

function parseBlocks(lines: readonly string[], depth: number): BlockNode[] {
  const blocks: BlockNode[] = [];
  for (let at = 0; at < lines.length;) {
    const parsed = parseFence(lines, at) ?? parseQuote(lines, at, depth) ?? parseList(lines, at);
    const block = parsed ?? parseParagraph(lines, at, depth);
    if (block.node !== undefined) blocks.push(block.node);
    at = block.next;
  }
  return blocks;
}

function parseFence(lines: readonly string[], at: number): Parsed | undefined {
  const fence = FENCE.exec(lines[at] ?? "");
  if (fence === null) return undefined;
  let end = at + 1;
  while (end < lines.length && !FENCE_END.test(lines[end] ?? "")) end += 1;
  const node = {
    type: "codeBlock",
    language: (fence[1] ?? "").toLowerCase(),
    text: lines.slice(at + 1, end).join("\n"),
  } as const;
  return { node, next: end + 1 };
}

function parseQuote(lines: readonly string[], at: number, depth: number): Parsed | undefined {
  if (!isQuote(lines[at], depth)) return undefined;
  let end = at;
  while (isQuote(lines[end], depth)) end += 1;
  const inner = lines.slice(at, end).map((line) => line.replace(/^> ?/, ""));
  return { node: { type: "quote", children: parseBlocks(inner, depth + 1) }, next: end };
}

function parseList(lines: readonly string[], at: number): Parsed | undefined {
  if (!startsList(lines, at)) return undefined;
  const first = itemIn(lines[at]);
  const items: InlineNode[][] = [];
  let before = first;
  let end = at;
  for (
    let item = first;
    item !== undefined && (end === at || continues(item, before, first));
    item = itemIn(lines[end])
  ) {
    items.push(parseInline(item.text));
    before = item;
    end += 1;
  }
  return { node: { type: "list", ordered: first?.number !== undefined, start: first?.number ?? 1, items }, next: end };
}

/** A line of a list; `number` when the list is an ordered one. */
interface Item {
  readonly number: number | undefined;
  readonly text: string;
}

function itemIn(line = ""): Item | undefined {
  const item = ITEM.exec(line);
  return item === null
    ? undefined
    : { number: item[1] === undefined ? undefined : Number(item[1]), text: item[2] ?? "" };
}

/**
 * A line that begins with a year, a date or an amount is no list: one that does not begin with 0 or
 * 1 has a next item.
 */
function startsList(lines: readonly string[], at: number): boolean {
  const item = itemIn(lines[at]);
  if (item?.number === undefined) return item !== undefined;
  const next = itemIn(lines[at + 1]);
  return item.number <= 1 || (item.number <= MAX_START && next?.number === item.number + 1);
}

/**
 * The number is the next one, so that each item is shown with the number it was written with; or
 * all are 1, as people do in Markdown.
 */
function continues(item: Item, before: Item | undefined, first: Item | undefined): boolean {
  if (item.number === undefined || before?.number === undefined) return item.number === before?.number;
  return (
    item.number === before.number + 1 ||
    (item.number === before.number && item.number === first?.number && item.number <= 1)
  );
}

/** Lines up to a blank one or another block; blank lines alone make nothing. */
function parseParagraph(lines: readonly string[], at: number, depth: number): { node?: BlockNode; next: number } {
  if (isBlank(lines[at])) return { next: at + 1 };
  let end = at + 1;
  while (end < lines.length && !isBlank(lines[end]) && !startsBlock(lines, end, depth)) end += 1;
  const children = parseInline(lines.slice(at, end).join("\n"));
  return { node: { type: "paragraph", children }, next: end };
}

const isBlank = (line = ""): boolean => line.trim().length === 0;
const isQuote = (line: string | undefined, depth: number): boolean =>
  depth < MAX_QUOTE_DEPTH && (line ?? "").startsWith(">");
const startsBlock = (lines: readonly string[], at: number, depth: number): boolean =>
  FENCE.test(lines[at] ?? "") || isQuote(lines[at], depth) || startsList(lines, at);

function plainFromBlock(node: BlockNode, hidden: string): string {
  switch (node.type) {
    case "paragraph":
      return plainFromInline(node.children, hidden);
    case "codeBlock":
      return node.text;
    case "quote":
      return plainFromMarkdown(node.children, hidden);
    case "list":
      return node.items
        .map((item, i) => (node.ordered ? `${node.start + i}. ` : "") + plainFromInline(item, hidden))
        .join("\n");
  }
}

function plainFromInline(nodes: readonly InlineNode[], hidden: string): string {
  return nodes.map((node) => plainFromNode(node, hidden)).join("");
}

function plainFromNode(node: InlineNode, hidden: string): string {
  switch (node.type) {
    case "text":
    case "code":
    case "link":
      return node.text;
    case "break":
      return "\n";
    case "bold":
    case "italic":
    case "strike":
      return plainFromInline(node.children, hidden);
    case "spoiler":
      return hidden;
  }
}
