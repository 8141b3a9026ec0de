/** Columns, and what is saved in them, under the words of docs/glossary.md. */
import { runAll, type Step } from "./step.ts";

const RENAMED: readonly string[] = [
  `ALTER TABLE conversations RENAME COLUMN jammed TO blocked`,
  `ALTER TABLE messages RENAME COLUMN told_by TO from_roster_of`,
  // The pending operation that founds a successor group, and the call for one.
  `UPDATE intentions SET kind = 'successorGroup', body = json_set(body, '$.kind', 'successorGroup')
     WHERE kind = 'refound'`,
  `UPDATE pending_contents SET reference = 'successor-call' WHERE purpose = 'control' AND reference = 'refound'`,
  `UPDATE send_queue SET stream = 'successor-call' || substr(stream, length('refound') + 1)
     WHERE stream LIKE 'refound %'`,
  `UPDATE key_packages SET used_by = 'successor-call' || substr(used_by, length('refound') + 1)
     WHERE used_by LIKE 'refound %'`,
  // Lines that say which operation was dropped.
  `UPDATE messages SET text = json_object('what', 'dropped', 'operation', json_extract(text, '$.wanted'),
       'why', json_extract(text, '$.why'))
     WHERE kind = 'change' AND json_extract(text, '$.what') = 'dropped' AND json_type(text, '$.wanted') = 'object'`,
  `UPDATE messages SET text = json_set(text, '$.operation.kind', 'successorGroup')
     WHERE kind = 'change' AND json_extract(text, '$.what') = 'dropped'
       AND json_extract(text, '$.operation.kind') = 'refound'`,
];

export const toVersion13: Step = { to: 13, run: (sql) => runAll(sql, RENAMED) };
