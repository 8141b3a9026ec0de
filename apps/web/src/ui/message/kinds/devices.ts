import type { NoteKind } from "./kind.ts";

export const devices: NoteKind<"devices"> = {
  shape: "note",
  line: ({ body, from, fromName }, _conversation, { words, nameOf }) =>
    words.thread.devices(nameOf({ id: from, name: fromName }), body),
};
