/** The messages of before on a device that was linked. */
import { query, returns } from "../../api/declare.ts";
import type { HistoryView } from "../../api/views.ts";

export const queries = {
  /** How far they have come: to this device, and from it to others. */
  history: query({ parameters: {}, returns: returns<HistoryView>(), topics: () => ["history", "entered"] }),
};
