/**
 * The names that scripts know of pending operations and of lines of a history, where the engine has
 * others: the JSON of docs/cli.md stays as it is.
 */
import type { GroupChange, PendingChange } from "@pli/engine/api";

export const visibleOperation = (operation: PendingChange["operation"]) =>
  operation.kind === "successorGroup" ? { ...operation, kind: "refound" } : operation;

export const visibleChange = (change: GroupChange) =>
  change.what === "dropped"
    ? { what: change.what, wanted: visibleOperation(change.operation), why: change.why }
    : change;
