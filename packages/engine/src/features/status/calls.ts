/** This device: its lines, its storage, what waits. */
import type { KnowledgeView, StatusView, StorageView, WaitingView } from "../../api/views.ts";
import { query, returns, type DeclaredCommands } from "../../api/declare.ts";
import { whole } from "../../api/shapes.ts";

export const commands = {
  /**
   * Tries the stores that do not answer now instead of waiting for the next attempt; if all answer,
   * all of them again.
   */
  reconnect: { parameters: {}, returns: returns<void>(), repeatable: true },
  /**
   * For a process that is about to end: resolves once the stores are read to their ends and all
   * that can leave now has left, but after `ms` at the latest, and sooner when no store can be
   * reached or nothing has left for three seconds. Gives what still waits: it leaves when an engine
   * runs again. Of receipts one cell leaves at most, or a decoy in its place, once in five minutes
   * (docs/protocol.md, section 9.1).
   */
  drain: {
    parameters: { ms: whole() },
    returns: returns<WaitingView & { messages: number }>(),
    repeatable: true,
  },
} as const satisfies DeclaredCommands;

export const queries = {
  status: query({ parameters: {}, returns: returns<StatusView>(), topics: () => ["status", "conversations"] }),
  knowledge: query({ parameters: {}, returns: returns<KnowledgeView>(), topics: () => ["knowledge"] }),
  storage: query({ parameters: {}, returns: returns<StorageView>(), topics: () => ["storage"] }),
};
