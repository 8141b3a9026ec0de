import type { ContactView, MessageView } from "@pli/engine/api";
import type { Profile } from "./home.ts";
import { oneLine, safeLines } from "./text/safe.ts";
import type { Style } from "./text/style.ts";
import type { When } from "./text/when.ts";
import { columnsOf, wrap } from "./text/width.ts";
import type { Words } from "./words/index.ts";

type Named = Pick<ContactView, "id" | "name">;

/** A message in JSON: the shape of docs/cli.md. Undefined for what a script has no use for: that the two are paired. */
export function messageEvent(message: MessageView, contact: Named, me: Profile) {
  const { body } = message;
  if (body.kind === "paired") return undefined;
  const { kind, ...more } = body;
  return {
    event: kind === "text" || kind === "unknown" ? "message" : "notice",
    id: message.id,
    contact: contact.name,
    contactId: contact.id,
    from: message.mine ? me.name : contact.name,
    fromId: message.from,
    mine: message.mine,
    kind,
    text: null,
    ...more,
    sentAt: message.sentAt,
    state: message.state,
    ...(message.error === undefined ? {} : { error: message.error }),
  };
}

/** What a message says to a person, as safe lines. */
export function bodyLines(message: MessageView, words: Words): string[] {
  const { body } = message;
  switch (body.kind) {
    case "text":
      return safeLines(body.text);
    case "gap":
      return [words.message.gap(body.count)];
    case "renamed":
      return [words.message.renamed(oneLine(body.from), oneLine(body.to))];
    default:
      return [words.message[body.kind]];
  }
}

export const isNotice = (message: MessageView): boolean =>
  message.body.kind !== "text" && message.body.kind !== "unknown";

export interface MessagePrinter {
  words: Words;
  style: Style;
  when: When;
}

/**
 * A message as lines of a terminal of so many columns: time, author, text; later lines are indented, so that none passes for
 * a message. Wrapped before it is styled: a style never spans a break.
 */
export function messageLines(p: MessagePrinter, message: MessageView, author: string, columns = Infinity): string[] {
  const { style } = p;
  const notice = isNotice(message);
  const head = `${p.when.time(message.sentAt)}  `;
  const name = notice ? "· " : `${author}${p.words.colon} `;
  const indent = " ".repeat(head.length);
  const [first = "", ...rest] = bodyLines(message, p.words).flatMap((line, index) =>
    columns === Infinity ? [line] : wrap(line, columns - head.length - (index === 0 ? columnsOf(name) : 0)),
  );
  if (notice) {
    return [style.dim(head + name + first), ...rest.map((line) => style.dim(`${indent}  ${line}`))];
  }
  const painted = message.mine ? style.dim(author) : style.bold(author);
  const lines = [`${style.dim(head)}${painted}${p.words.colon} ${first}`, ...rest.map((line) => indent + line)];
  const used = rest.length === 0 ? head.length + columnsOf(name + first) : indent.length + columnsOf(rest.at(-1) ?? "");
  return marked(lines, used, stateMark(p, message), { indent, columns });
}

/** The mark stands behind the last line, which takes so many columns, or below it where there is no room. */
function marked(
  lines: string[],
  used: number,
  mark: { text: string; paint: (text: string) => string },
  p: { indent: string; columns: number },
): string[] {
  if (mark.text === "") return lines;
  if (used + 2 + columnsOf(mark.text) > p.columns) return [...lines, p.indent + mark.paint(mark.text)];
  return [...lines.slice(0, -1), `${lines.at(-1) ?? ""}  ${mark.paint(mark.text)}`];
}

/** How far a message of ours has come: at the store ✓, with the other ✓✓; in words what matters more. */
function stateMark({ style, words }: MessagePrinter, { state }: MessageView) {
  const { states } = words.message;
  switch (state) {
    case "failed":
      return { text: `(${states.failed})`, paint: style.warning };
    case "saved":
      return { text: `(${states.saved})`, paint: style.dim };
    case "sent":
      return { text: "✓", paint: style.dim };
    case "delivered":
      return { text: "✓✓", paint: style.dim };
    case "read":
      return { text: `✓✓ ${states.read}`, paint: style.accent };
    case "received":
      return { text: "", paint: style.dim };
  }
}
