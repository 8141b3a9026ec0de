import type { QueryHandlers } from "../../api/handlers.ts";
import { PASSED_OVER } from "../../runtime/budgets.ts";
import { contactViewFromRow } from "../../people/contacts.ts";

export const peopleQueries = {
  contacts: async (tx) => {
    const views = (await tx.sql.all("SELECT * FROM contacts")).map((row) => contactViewFromRow(row));
    return views.toSorted((a, b) => a.name.localeCompare(b.name));
  },
  contact: async (tx, { id }) => {
    const [row] = await tx.sql.all("SELECT * FROM contacts WHERE id = ?", [id]);
    const [over] = await tx.sql.all(PASSED_OVER, [id]);
    return row === undefined ? undefined : contactViewFromRow(row, over);
  },
} satisfies Partial<QueryHandlers>;
