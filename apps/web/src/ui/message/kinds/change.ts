import { changeLine } from "../../group/lines/changes.ts";
import type { NoteKind } from "./kind.ts";

/** A line of a group's history. */
export const change: NoteKind<"change"> = {
  shape: "note",
  line: (message, _conversation, wording) => changeLine(message, message.body.change, wording),
};
