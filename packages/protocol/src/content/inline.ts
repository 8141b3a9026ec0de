import { hrefFrom, linkAt } from "./href.ts";

/**
 * A piece of a line. A link has no words of its own: who shows it shows `href` whole, so that no link looks like
 * another. `[label](href)` comes as the label, then the link in parentheses.
 */
export type InlineNode =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "bold" | "italic"; readonly children: readonly InlineNode[] }
  | { readonly type: "code"; readonly text: string }
  | { readonly type: "link"; readonly href: string }
  | { readonly type: "break" };

type Frame = { readonly marker: string; readonly nodes: InlineNode[] };

const MAX_DEPTH = 8;
const MAX_LABEL = 256;
const PUNCTUATION = /[!-/:-@[-`{-~]/;
const SPECIAL = /[\\\n`[*_hHmM]/g;
const WORD = /[\p{L}\p{N}]/u;

/** One pass over the text: every character is looked at a bounded number of times, whatever it holds. */
export function parseInline(text: string): InlineNode[] {
  const frames: Frame[] = [{ marker: "", nodes: [] }];
  const closers = lastRuns(text);
  const nextOf = finder(text);
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
    const end = nextOf(")", close);
    const href = end < text.length ? hrefFrom(text.slice(close + 2, end)) : undefined;
    if (href === undefined) return literal(at, 1);
    const label = text
      .slice(at + 1, close)
      .replaceAll("\n", " ")
      .trim();
    if (label === "" || label === href) append(top().nodes, { type: "link", href });
    else
      appendAll(top().nodes, [
        { type: "text", text: `${label} (` },
        { type: "link", href },
        { type: "text", text: ")" },
      ]);
    return end + 1;
  }

  function emphasis(at: number): number {
    const run = runLength(text, at);
    if (run > 3) return literal(at, run);
    const [before, after] = [text[at - 1] ?? " ", text[at + run] ?? " "];
    const bounded = run > 1 && text[at] === "*";
    const opens = !/\s/.test(after) && (bounded || !WORD.test(before));
    const closes = !/\s/.test(before) && (bounded || !WORD.test(after));
    for (let left = run; left > 0;)
      left -= (closes && close(at, left)) || (opens && open(at, left)) || verbatim(at, left);
    return at + run;
  }

  /** Closes the innermost open emphasis these marks can close; what was opened inside it and never closed is text. */
  function close(at: number, left: number): number {
    const index = frames.findLastIndex(({ marker }) => marker[0] === text[at] && marker.length <= left);
    const frame = frames[index];
    if (index < 1 || frame === undefined) return 0;
    while (frames.length - 1 > index) flatten();
    frames.pop();
    if (frame.nodes.length === 0) append(top().nodes, { type: "text", text: frame.marker + frame.marker });
    else append(top().nodes, { type: frame.marker.length === 2 ? "bold" : "italic", children: frame.nodes });
    return frame.marker.length;
  }

  function open(at: number, left: number): number {
    if (frames.length > MAX_DEPTH) return 0;
    const marker = text.slice(at, at + Math.min(2, left));
    frames.push({ marker, nodes: [] });
    return marker.length;
  }

  function verbatim(at: number, left: number): number {
    append(top().nodes, { type: "text", text: text.slice(at, at + left) });
    return left;
  }

  /** A link written out, or text up to the next character that could mean something. */
  function plain(at: number): number {
    const link = WORD.test(text[at - 1] ?? " ") ? undefined : linkAt(text, at);
    if (link?.href !== undefined) append(top().nodes, { type: "link", href: link.href });
    if (link !== undefined) return link.href === undefined ? literal(at, link.length) : at + link.length;
    SPECIAL.lastIndex = at + 1;
    return literal(at, (SPECIAL.exec(text)?.index ?? text.length) - at);
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

/** For each length, where the last run of that many backticks starts: a span without an end is known at once. */
function lastRuns(text: string): ReadonlyMap<number, number> {
  const runs = new Map<number, number>();
  for (const match of text.matchAll(/`+/g)) runs.set(match[0].length, match.index);
  return runs;
}

/** `indexOf` for positions that only grow: the text is searched once. The length of the text when there is none. */
function finder(text: string): (what: string, from: number) => number {
  const found = new Map<string, number>();
  return (what, from) => {
    const known = found.get(what);
    if (known !== undefined && known >= from) return known;
    const index = text.indexOf(what, from);
    found.set(what, index < 0 ? text.length : index);
    return index < 0 ? text.length : index;
  };
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
