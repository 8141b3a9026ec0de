import type { QueryHandlers } from "../../api/handlers.ts";
import { MESSAGE_ROW_BYTES } from "../../runtime/budgets.ts";
import { measureWithContact } from "../messages/messages.table.ts";

/**
 * A text is there as it came, as it is shown and as it is searched: measured, three and a half
 * times.
 */
const COPIES = 3.5;

export const blockingQueries = {
  keptOf: (tx, { contact }) => measureWithContact(tx, contact, { perMessage: MESSAGE_ROW_BYTES, perByte: COPIES }),
} satisfies Partial<QueryHandlers>;
