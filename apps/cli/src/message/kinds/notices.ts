/** Notices of Pli. */
import { shownName } from "@pli/engine/content";
import { changeSentence } from "../../group/history.ts";
import { author, type RendererOf } from "./kind.ts";

export const gap: RendererOf<"gap"> = {
  isWritten: false,
  lines: ({ count }, { words }) => [words.message.gap(count)],
};

export const deleted: RendererOf<"deleted"> = {
  isWritten: false,
  lines: ({ by }, shown) => [
    by === undefined
      ? shown.words.message.deletedByAuthor(author(shown))
      : shown.words.message.deletedBy(shown.reader.nameOf(by)),
  ],
};

export const held: RendererOf<"held"> = {
  isWritten: false,
  lines: ({ count }, shown) => [shown.words.message.held(author(shown), count)],
};

export const blocked: RendererOf<"blocked"> = {
  isWritten: false,
  lines: ({ count }, shown) => [shown.words.message.whileBlocked(author(shown), count)],
};

export const shutOut: RendererOf<"shutOut"> = {
  isWritten: false,
  lines: ({ count }, shown) => [shown.words.message.whileLockedDown(author(shown), count)],
};

export const away: RendererOf<"away"> = {
  isWritten: false,
  lines: ({ days }, { words }) => [words.message.away(days)],
};

export const newKeys: RendererOf<"newKeys"> = { isWritten: false, lines: (_, { words }) => [words.message.newKeys] };
export const devices: RendererOf<"devices"> = {
  isWritten: false,
  lines: (body, shown) => [shown.words.message.devices(author(shown), body)],
};
export const rejoined: RendererOf<"rejoined"> = { isWritten: false, lines: (_, { words }) => [words.message.rejoined] };

export const paired: RendererOf<"paired"> = {
  isWritten: false,
  isSilent: true,
  lines: (_, { words }) => [words.message.paired],
};

export const renamed: RendererOf<"renamed"> = {
  isWritten: false,
  lines: ({ from, to }, { message, words, reader }) => [
    words.message.renamed(shownName(from), reader.nameOf({ id: message.from, name: to })),
  ],
};

export const change: RendererOf<"change"> = {
  isWritten: false,
  lines: ({ change }, { message, words, reader }) => [changeSentence(words, message, change, reader)],
};
