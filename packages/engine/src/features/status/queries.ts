import type { KnowledgeView } from "../../api/api.ts";
import type { QueryHandlers } from "../../api/handlers.ts";
import type { StoreFacts } from "../../delivery/port.ts";
import type { Kit } from "../../kit.ts";
import { readCounters } from "../../runtime/counters.ts";
import type { Database } from "../../runtime/ports.ts";
import { numberIn } from "../../runtime/storage/row.ts";
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
      const [row] = await tx.sql.all(
        "SELECT (SELECT count(*) FROM messages) AS messages, (SELECT count(*) FROM conversations) AS conversations",
      );
      const of = (name: string): number => numberIn(row ?? {}, name);
      return {
        databaseBytes: await database.size(),
        messages: of("messages"),
        conversations: of("conversations"),
        counters: await readCounters(tx),
      };
    },
  } satisfies Partial<QueryHandlers>;
}
