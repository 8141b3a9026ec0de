import type { QueryHandlers } from "../../api/handlers.ts";
import type { ContactView } from "../../api/views.ts";
import { withDevices } from "../../people/contact-devices.ts";
import { findContactView, listContactViews } from "../../people/contacts.table.ts";
import { findPassedOver } from "../../runtime/budgets.table.ts";

export const peopleQueries = {
  contacts: async (tx) => {
    const views: ContactView[] = [];
    for (const view of await listContactViews(tx)) views.push(await withDevices(tx, view));
    return views.toSorted((a, b) => a.name.localeCompare(b.name));
  },
  contact: async (tx, { id }) => {
    const contact = await findContactView(tx, id);
    const passedOver = contact && (await findPassedOver(tx, id));
    return contact && { ...(await withDevices(tx, contact)), ...(passedOver && { passedOver }) };
  },
} satisfies Partial<QueryHandlers>;
