import type { NoteKind } from "./kind.ts";

export const away: NoteKind<"away"> = {
  shape: "note",
  line: ({ body }, _conversation, { words }) => words.thread.away(body.days),
};
