import { authorOf } from "../author.ts";
import type { NoteKind } from "./kind.ts";

/** A message that was deleted for everybody. */
export const deleted: NoteKind<"deleted"> = {
  shape: "note",
  line: (message, conversation, wording) => {
    const { thread } = wording.words;
    const { by } = message.body;
    return by === undefined
      ? thread.deleted(authorOf(message, conversation, wording))
      : thread.deletedBy(authorOf({ ...message, from: by.id, fromName: by.name, mine: false }, conversation, wording));
  },
};
