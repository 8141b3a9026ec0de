import type { Kit } from "../../kit.ts";
import type { Database } from "../../runtime/ports.ts";
import type { SelfFeature } from "../self/feature.ts";
import type { Slots } from "../receipts/slots.ts";
import { createStatusCommands } from "./commands.ts";
import { createStatusQueries } from "./queries.ts";

/** How this device and its lines are, and what has not left. */
export const createStatusFeature = (
  kit: Kit,
  deps: { database: Database; receipts: { slots: Slots }; self: SelfFeature },
) => ({
  commands: createStatusCommands(kit, { ...deps.receipts, ...deps.self }),
  queries: createStatusQueries(kit, deps.database),
});
