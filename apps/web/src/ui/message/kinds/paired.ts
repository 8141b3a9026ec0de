import type { NoteKind } from "./kind.ts";

export const paired: NoteKind<"paired"> = {
  shape: "note",
  line: (_message, conversation, { words }) => words.thread.paired(conversation),
};
