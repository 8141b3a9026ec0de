import type { QueryHandlers } from "../../api/handlers.ts";
import { MESSAGE_ROW_BYTES } from "../../runtime/budgets.ts";
import { numberIn } from "../../runtime/storage/row.ts";
import { WITH_CONTACT } from "../messages/lines.ts";

/**
 * A text is there as it came, as it is shown and as it is searched: measured, three and a half
 * times.
 */
const COPIES = 3.5;

export const blockingQueries = {
  keptOf: async (tx, { contact }) => {
    const [row] = await tx.sql.all(
      `SELECT count(*) AS messages, sum(? + ? * coalesce(length(content), 0)) AS bytes FROM messages m WHERE ${WITH_CONTACT}`,
      [MESSAGE_ROW_BYTES, COPIES, contact, contact],
    );
    return { messages: numberIn(row ?? {}, "messages"), bytes: Number(row?.["bytes"] ?? 0) };
  },
} satisfies Partial<QueryHandlers>;
