import { authorOf } from "../author.ts";
import type { NoteKind } from "./kind.ts";

export const shutOut: NoteKind<"shutOut"> = {
  shape: "note",
  line: (message, conversation, wording) =>
    wording.words.thread.whileLockedDown(authorOf(message, conversation, wording), message.body.count),
};
