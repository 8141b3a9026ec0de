import type { NoteKind } from "./kind.ts";

export const rejoined: NoteKind<"rejoined"> = {
  shape: "note",
  line: (_message, _conversation, { words }) => words.thread.rejoined,
};
