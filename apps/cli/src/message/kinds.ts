/** How each kind of message is shown: a new kind of the engine needs an entry here to compile. */
import type { MessageBody, MessageView } from "@pli/engine/api";
import { shownName } from "@pli/engine/content";
import { changeSentence } from "../group/history.ts";
import type { Reader } from "../naming.ts";
import { safeLines } from "../text/safe.ts";
import type { Words } from "../words/index.ts";

type Kind = MessageBody["kind"];

/** What the lines of a message depend on beside its body. */
interface Shown {
  readonly message: MessageView;
  readonly words: Words;
  readonly reader: Reader;
}

interface Renderer<Body = MessageBody> {
  /** A person wrote it; otherwise it is a notice of Pli. */
  readonly isWritten: boolean;
  /** Scripts have no use for it: it is left out of the JSON output. */
  readonly isSilent?: true;
  /** What it says to a person, as safe lines. */
  lines(body: Body, shown: Shown): string[];
}

const author = ({ message: { from, fromName }, reader }: Shown): string => reader.nameOf({ id: from, name: fromName });

const RENDERERS: { readonly [K in Kind]: Renderer<Extract<MessageBody, { kind: K }>> } = {
  text: { isWritten: true, lines: ({ text }) => safeLines(text) },
  unknown: { isWritten: true, lines: (_, { words }) => [words.message.unknown] },
  gap: { isWritten: false, lines: ({ count }, { words }) => [words.message.gap(count)] },
  held: { isWritten: false, lines: ({ count }, shown) => [shown.words.message.held(author(shown), count)] },
  blocked: { isWritten: false, lines: ({ count }, shown) => [shown.words.message.whileBlocked(author(shown), count)] },
  away: { isWritten: false, lines: ({ days }, { words }) => [words.message.away(days)] },
  rejoined: { isWritten: false, lines: (_, { words }) => [words.message.rejoined] },
  paired: { isWritten: false, isSilent: true, lines: (_, { words }) => [words.message.paired] },
  renamed: {
    isWritten: false,
    lines: ({ from, to }, { message, words, reader }) => [
      words.message.renamed(shownName(from), reader.nameOf({ id: message.from, name: to })),
    ],
  },
  change: {
    isWritten: false,
    lines: ({ change }, { message, words, reader }) => [changeSentence(words, message, change, reader)],
  },
};

export const rendererOf = (kind: Kind): Renderer => RENDERERS[kind];

/** What a message says to a person, as safe lines. */
export const bodyLines = (message: MessageView, words: Words, reader: Reader): string[] =>
  rendererOf(message.body.kind).lines(message.body, { message, words, reader });

/** Whether a message is a notice of Pli, not something that a person wrote. */
export const isNotice = ({ body }: MessageView): boolean => !rendererOf(body.kind).isWritten;
