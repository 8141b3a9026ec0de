import { authorOf } from "../author.ts";
import type { NoteKind } from "./kind.ts";

export const blocked: NoteKind<"blocked"> = {
  shape: "note",
  line: (message, conversation, wording) =>
    wording.words.thread.whileBlocked(authorOf(message, conversation, wording), message.body.count),
};
