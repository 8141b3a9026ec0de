import type { NoteKind } from "./kind.ts";

export const newKeys: NoteKind<"newKeys"> = {
  shape: "note",
  line: (_message, _conversation, { words }) => words.thread.newKeys,
};
