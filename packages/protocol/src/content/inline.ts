import { hrefFrom } from "./href.ts";
import { writtenLinks } from "./links.ts";

/**
 * A piece of a line. A link has no words of its own: `text` is the address as it was written, and
 * `href` is the same with the scheme that was left out, or a telephone number without its spaces.
 * `[label](href)` comes as the label, then the link in parentheses.
 */
export type InlineNode =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "bold" | "italic" | "strike" | "spoiler"; readonly children: readonly InlineNode[] }
  | { readonly type: "code"; readonly text: string }
  | { readonly type: "link"; readonly href: string; readonly text: string }
  | { readonly type: "break" };

type Frame = { readonly marker: string; readonly nodes: InlineNode[] };

const MAX_DEPTH = 8;
const MAX_LABEL = 256;
const PUNCTUATION = /[!-/:-@[-`{-~]/;
const SPECIAL = /[\\\n`[*_~|]/g;
/** Parentheses inside an address of `[label](address)` nest so deep. */
const MAX_NESTED = 8;
const MAX_ADDRESS = 2049;
const WORD = /[\p{L}\p{N}]/u;

/**
 * One pass over the text: every character is looked at a bounded number of times, whatever it
 * holds.
 */
export function parseInline(text: string): InlineNode[] {
  const frames: Frame[] = [{ marker: "", nodes: [] }];
  const closers = lastRuns(text);
  const nextOf = finder((what: string, from) => text.indexOf(what, from), text.length);
  const nextSpecial = finder((special: RegExp, from) => searchFrom(special, text, from), text.length);
  const addressEnds = new Map<number, number | undefined>();
  const links = writtenLinks(text);
  let link = 0;
  for (let at = 0; at < text.length;) at = step(at);
  while (frames.length > 1) flatten();
  return top().nodes;

  function step(at: number): number {
    switch (text[at]) {
      case "\\":
        return escaped(at);
      case "\n":
        append(top().nodes, { type: "break" });
        return at + 1;
      case "`":
        return codeSpan(at);
      case "[":
        return labelledLink(at);
      case "*":
      case "_":
      case "~":
      case "|":
        return emphasis(at);
      default:
        return plain(at);
    }
  }

  function escaped(at: number): number {
    const next = text[at + 1] ?? "";
    if (!PUNCTUATION.test(next)) return literal(at, 1);
    return literal(at + 1, 1);
  }

  function codeSpan(at: number): number {
    const run = runLength(text, at);
    const end = closingRun(at, run);
    if (end === undefined) return literal(at, run);
    append(top().nodes, { type: "code", text: unpadded(text.slice(at + run, end).replaceAll("\n", " ")) });
    return end + run;
  }

  function closingRun(at: number, run: number): number | undefined {
    if ((closers.get(run) ?? -1) <= at) return undefined;
    for (let i = text.indexOf("`", at + run); i >= 0; i = text.indexOf("`", i)) {
      const length = runLength(text, i);
      if (length === run) return i;
      i += length;
    }
    return undefined;
  }

  function labelledLink(at: number): number {
    const close = nextOf("](", at);
    if (close - at > MAX_LABEL) return literal(at, 1);
    const end = addressEnd(close + 2);
    const href = end === undefined ? undefined : hrefFrom(text.slice(close + 2, end));
    if (end === undefined || href === undefined) return literal(at, 1);
    const label = text
      .slice(at + 1, close)
      .replaceAll("\n", " ")
      .trim();
    if (label === "" || label === href) append(top().nodes, { type: "link", href, text: href });
    else
      appendAll(top().nodes, [
        { type: "text", text: `${label} (` },
        { type: "link", href, text: href },
        { type: "text", text: ")" },
      ]);
    return end + 1;
  }

  /** Each is looked for once, however many brackets stand before it. */
  function addressEnd(from: number): number | undefined {
    if (!addressEnds.has(from)) addressEnds.set(from, closingParenthesis(text, from));
    return addressEnds.get(from);
  }

  function emphasis(at: number): number {
    const run = runLength(text, at);
    const isPair = text[at] === "~" || text[at] === "|";
    if (isPair ? run !== 2 : run > 3) return literal(at, run);
    const [before, after] = [text[at - 1] ?? " ", text[at + run] ?? " "];
    const bounded = isPair || (run > 1 && text[at] === "*");
    const opens = !/\s/.test(after) && (bounded || !WORD.test(before));
    const closes = !/\s/.test(before) && (bounded || !WORD.test(after));
    for (let left = run; left > 0;)
      left -= (closes && close(at, left)) || (opens && open(at, left)) || literal(at, left) - at;
    return at + run;
  }

  /**
   * Closes the innermost open emphasis these marks can close; what was opened inside it and never
   * closed is text.
   */
  function close(at: number, left: number): number {
    const index = frames.findLastIndex(({ marker }) => marker[0] === text[at] && marker.length <= left);
    const frame = frames[index];
    if (index < 1 || frame === undefined) return 0;
    while (frames.length - 1 > index) flatten();
    frames.pop();
    if (frame.nodes.length === 0) append(top().nodes, { type: "text", text: frame.marker + frame.marker });
    else append(top().nodes, { type: typeOf(frame.marker), children: frame.nodes });
    return frame.marker.length;
  }

  function open(at: number, left: number): number {
    if (frames.length > MAX_DEPTH) return 0;
    const marker = text.slice(at, at + Math.min(2, left));
    frames.push({ marker, nodes: [] });
    return marker.length;
  }

  /** A link written out, or text up to the next character that could mean something. */
  function plain(at: number): number {
    while ((links[link]?.start ?? text.length) < at) link += 1;
    const next = links[link];
    if (next?.start !== at) return literal(at, Math.min(nextSpecial(SPECIAL, at + 1), next?.start ?? text.length) - at);
    const written = text.slice(at, next.end);
    append(
      top().nodes,
      next.href === undefined ? { type: "text", text: written } : { type: "link", href: next.href, text: written },
    );
    return next.end;
  }

  function literal(at: number, length: number): number {
    append(top().nodes, { type: "text", text: text.slice(at, at + length) });
    return at + length;
  }

  function flatten(): void {
    const frame = frames.pop();
    if (frame === undefined) return;
    append(top().nodes, { type: "text", text: frame.marker });
    appendAll(top().nodes, frame.nodes);
  }

  function top(): Frame {
    return frames.at(-1) ?? { marker: "", nodes: [] };
  }
}

function typeOf(marker: string): "bold" | "italic" | "strike" | "spoiler" {
  if (marker === "~~") return "strike";
  if (marker === "||") return "spoiler";
  return marker.length === 2 ? "bold" : "italic";
}

/** Adds a node, as part of the last one where both are text. */
function append(nodes: InlineNode[], node: InlineNode): void {
  const last = nodes.at(-1);
  if (last?.type === "text" && node.type === "text")
    nodes[nodes.length - 1] = { type: "text", text: last.text + node.text };
  else nodes.push(node);
}

function appendAll(nodes: InlineNode[], more: readonly InlineNode[]): void {
  for (const node of more) append(nodes, node);
}

/**
 * For each length, where the last run of that many backticks starts: a span without an end is known
 * at once.
 */
function lastRuns(text: string): ReadonlyMap<number, number> {
  const runs = new Map<number, number>();
  for (const match of text.matchAll(/`+/g)) runs.set(match[0].length, match.index);
  return runs;
}

/**
 * A search for positions that only grow: the text is searched once. The length of the text when
 * there is nothing.
 */
function finder<T>(search: (what: T, from: number) => number, length: number): (what: T, from: number) => number {
  const found = new Map<T, number>();
  return (what, from) => {
    const known = found.get(what);
    if (known !== undefined && known >= from) return known;
    const index = search(what, from);
    const next = index < 0 ? length : index;
    found.set(what, next);
    return next;
  };
}

function searchFrom(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.exec(text)?.index ?? -1;
}

/**
 * The parenthesis that closes none opened since `from`; undefined where a space, the end or too
 * many come first.
 */
function closingParenthesis(text: string, from: number): number | undefined {
  let depth = 0;
  for (let at = from; at < Math.min(text.length, from + MAX_ADDRESS); at += 1) {
    const char = text.charAt(at);
    if (/\s/.test(char)) return undefined;
    if (char === ")" && depth === 0) return at;
    depth += char === "(" ? 1 : char === ")" ? -1 : 0;
    if (depth > MAX_NESTED) return undefined;
  }
  return undefined;
}

function runLength(text: string, at: number): number {
  let end = at;
  while (text[end] === text[at]) end += 1;
  return end - at;
}

/** A space on both ends of a code span only sets it off from its backticks. */
function unpadded(code: string): string {
  return code.startsWith(" ") && code.endsWith(" ") && code.trim() !== "" ? code.slice(1, -1) : code;
}
