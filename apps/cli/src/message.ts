import type { ContactView, MessageView } from "@pli/engine/api";
import type { Profile } from "./home.ts";
import { oneLine, safeLines } from "./text/safe.ts";
import type { Style } from "./text/style.ts";
import type { When } from "./text/when.ts";
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

/** A message as lines of a terminal: time, author, text; later lines are indented, so that none passes for a message. */
export function messageLines(p: MessagePrinter, message: MessageView, author: string): string[] {
  const { style } = p;
  const head = `${style.dim(p.when.time(message.sentAt))}  `;
  const [first = "", ...rest] = bodyLines(message, p.words);
  if (isNotice(message)) return [head + style.dim(`· ${first}`)];
  const name = message.mine ? style.dim(author) : style.bold(author);
  return [`${head}${name}${p.words.colon} ${first}`, ...rest.map((line) => `       ${line}`)].map((line, index, all) =>
    index === all.length - 1 ? line + stateMark(p, message) : line,
  );
}

/** Said only where it matters: what has not left, and what the other has read. */
function stateMark(p: MessagePrinter, message: MessageView): string {
  const { states } = p.words.message;
  if (message.state === "failed") return p.style.warning(`  (${states.failed})`);
  return message.state === "saved" || message.state === "read" ? p.style.dim(`  (${states[message.state]})`) : "";
}
