import type { KnowledgeView, StatusView } from "../../api/api.ts";
import type { QueryHandlers } from "../../api/handlers.ts";
import type { StoreFacts } from "../../delivery/port.ts";
import type { Traffic } from "../../delivery/traffic.ts";
import type { Tx } from "../../runtime/context.ts";
import { readCounters } from "../../runtime/counters.ts";
import { numberIn } from "../../runtime/storage/row.ts";

const RETENTION_DAYS = 30;

export function createStatusQueries(p: {
  /** The home store. */
  store: string;
  home(): StoreFacts;
  status(tx: Tx): Promise<StatusView>;
  traffic: Traffic;
  databaseBytes(): Promise<number>;
}) {
  function homeStore(): Pick<KnowledgeView, "store" | "feedForm" | "retentionDays"> {
    const home = p.home();
    return {
      store: p.store,
      feedForm: home.form() === "tags" ? "tag" : "full",
      retentionDays: home.retentionDays() ?? RETENTION_DAYS,
    };
  }

  return {
    status: (tx) => p.status(tx),
    knowledge: async (tx) => ({ ...homeStore(), ...(await p.traffic.read(tx)) }),
    storage: async (tx) => {
      const [row] = await tx.sql.all(
        "SELECT (SELECT count(*) FROM messages) AS messages, (SELECT count(*) FROM conversations) AS conversations",
      );
      const of = (name: string): number => numberIn(row ?? {}, name);
      return {
        databaseBytes: await p.databaseBytes(),
        messages: of("messages"),
        conversations: of("conversations"),
        counters: await readCounters(tx),
      };
    },
  } satisfies Partial<QueryHandlers>;
}
