import type { QueryHandlers } from "../../api/handlers.ts";
import { readSettings } from "./settings.ts";

export const settingsQueries = { settings: (tx) => readSettings(tx) } satisfies Partial<QueryHandlers>;
