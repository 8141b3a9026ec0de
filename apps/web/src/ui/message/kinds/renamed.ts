import { shownName } from "@pli/engine/content";
import type { NoteKind } from "./kind.ts";

export const renamed: NoteKind<"renamed"> = {
  shape: "note",
  line: ({ body, from, mine }, _conversation, { words, nameOf }) =>
    mine
      ? words.thread.renamedSelf(body.to)
      : words.thread.renamed(shownName(body.from), nameOf({ id: from, name: body.to })),
};
