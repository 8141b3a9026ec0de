import type { QueryHandlers } from "../../api/handlers.ts";
import { findContactView, listContactViews } from "../../people/contacts.table.ts";
import { findPassedOver } from "../../runtime/budgets.table.ts";

export const peopleQueries = {
  contacts: async (tx) => (await listContactViews(tx)).toSorted((a, b) => a.name.localeCompare(b.name)),
  contact: async (tx, { id }) => {
    const contact = await findContactView(tx, id);
    const passedOver = contact && (await findPassedOver(tx, id));
    return contact && { ...contact, ...(passedOver && { passedOver }) };
  },
} satisfies Partial<QueryHandlers>;
