import type { KnowledgeView } from "../../api/views.ts";
import type { QueryHandlers } from "../../api/handlers.ts";
import type { StoreFacts } from "../../delivery/port.ts";
import type { Kit } from "../../kit.ts";
import { readCounters } from "../../runtime/counters.table.ts";
import { countConversations } from "../../epochs/conversations.table.ts";
import { countMessages } from "../messages/messages.table.ts";
import type { Database } from "../../runtime/ports.ts";
import { createStatus } from "./status.ts";

/** As long as a store keeps what it is given, until it has said so. */
const RETENTION_DAYS = 30;

export function createStatusQueries(kit: Kit, database: Pick<Database, "size">) {
  const { context, profiles, queue, stores, traffic } = kit;
  const { away, home: store, sessions } = stores;
  const home = (): StoreFacts => stores.session(store);
  const status = createStatus(context, { store, home, sessions, away, profiles, queue });

  function homeStore(): Pick<KnowledgeView, "store" | "feedForm" | "retentionDays"> {
    const retentionDays = home().retentionDays() ?? RETENTION_DAYS;
    return { store, feedForm: home().form() === "tags" ? "tag" : "full", retentionDays };
  }

  return {
    status: (tx) => status(tx),
    knowledge: async (tx) => ({ ...homeStore(), ...(await traffic.read(tx)) }),
    storage: async (tx) => {
      const [messages, conversations] = [await countMessages(tx), await countConversations(tx)];
      return { databaseBytes: await database.size(), messages, conversations, counters: await readCounters(tx) };
    },
  } satisfies Partial<QueryHandlers>;
}
