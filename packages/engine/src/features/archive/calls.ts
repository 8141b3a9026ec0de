/** Everything out into one file, and in from one (docs/export.md). */
import type { ExportPage, ExportStart, ImportedNames, ImportedPage } from "../../api/views.ts";
import { id, order, returns, type DeclaredCommands } from "../../api/declare.ts";
import { choice, flag, list, optional, text } from "../../api/shapes.ts";

/** No line of an export is longer, in UTF-16 units: a text of 64 KiB in JSON is well below. */
const line = text(2 ** 20);
/** No page of lines to take in is longer. */
const lines = list(line, 1_000);

export const commands = {
  /** What an export begins with, and where it ends. `profile_missing`. */
  beginExport: { parameters: {}, returns: returns<ExportStart>(), repeatable: true },
  /**
   * A page of an export: about a mebibyte at most. `after`: the `next` of the page before. `upTo`:
   * what `beginExport` gave. Members and messages are those of one conversation:
   * `conversation_unknown`.
   */
  exportPage: {
    parameters: {
      of: choice("contacts", "conversations", "members", "messages"),
      conversation: optional(id),
      after: optional(id),
      upTo: order,
    },
    returns: returns<ExportPage>(),
    repeatable: true,
  },
  /**
   * Takes messages of an export into an archive, which is made with the first of them; what is here
   * already is passed over. `file` and `conversation`: the lines that stand before them. Without
   * `write` it only counts. `export_malformed`, `export_newer`, `profile_missing`.
   */
  importPage: {
    parameters: { file: line, conversation: line, messages: lines, write: flag },
    returns: returns<ImportedPage>(),
    repeatable: true,
  },
  /**
   * The names that the file gives contacts of this person who have none given here. Only `write`
   * gives them. `export_malformed`, `export_newer`, `profile_missing`.
   */
  importNames: {
    parameters: { file: line, contacts: lines, write: flag },
    returns: returns<ImportedNames>(),
    repeatable: true,
  },
} as const satisfies DeclaredCommands;
