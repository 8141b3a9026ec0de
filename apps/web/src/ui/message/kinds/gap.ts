import { authorOf } from "../author.ts";
import type { NoteKind } from "./kind.ts";

export const gap: NoteKind<"gap"> = {
  shape: "note",
  line: (message, conversation, wording) =>
    wording.words.thread.gap(authorOf(message, conversation, wording), message.body.count),
};
