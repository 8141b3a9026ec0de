/** Pending operations of a group as people see them, and what each waits for. */
import type { PendingChange } from "../../api/views.ts";
import type { Tx } from "../../runtime/context.ts";
import { isUnderWay } from "./commit-purpose.ts";
import type { KeyPackages } from "./key-packages.ts";
import type { Offers } from "./offers.ts";
import { listPendingOperations, type PendingOperation, type QueuedOperation } from "./pending-operations.table.ts";
import { named } from "./people.table.ts";

export function createPendingChanges({
  keyPackages,
  offers,
}: {
  keyPackages: KeyPackages;
  offers: Pick<Offers, "awaits">;
}): (tx: Tx, conversation: string) => Promise<PendingChange[]> {
  async function waitsOf(tx: Tx, { id, conversation, operation }: QueuedOperation): Promise<PendingChange["waitsFor"]> {
    if (await isUnderWay(tx, conversation, id)) return "store";
    if (operation.kind === "successorGroup") return "contact";
    if (operation.kind !== "add") return "turn";
    const awaited: string[] = [];
    for (const profile of operation.profiles) if (await offers.awaits(tx, conversation, profile)) awaited.push(profile);
    const asked = operation.profiles.filter((profile) => !awaited.includes(profile));
    if (asked.length === 0) return "answer";
    return keyPackages.waitsFor(tx, conversation, asked);
  }

  return async function pendingChanges(tx, conversation) {
    const changes: PendingChange[] = [];
    for (const intention of await listPendingOperations(tx, conversation)) {
      const operation = await viewOf(tx, intention.operation);
      if (operation === undefined) continue;
      const waitsFor = await waitsOf(tx, intention);
      changes.push({ id: String(intention.id), operation, since: intention.createdAt, waitsFor });
    }
    return changes;
  };
}

/** An operation as people see it; undefined of one that the engine does by itself. */
export async function viewOf(tx: Tx, operation: PendingOperation): Promise<PendingChange["operation"] | undefined> {
  switch (operation.kind) {
    case "add":
    case "remove":
      return { kind: operation.kind, who: await named(tx, operation.profiles) };
    case "role": {
      const [who] = await named(tx, [operation.profile]);
      return who === undefined ? undefined : { kind: "role", who, role: operation.role };
    }
    case "rules":
    case "keys":
    case "leave":
      return { kind: operation.kind };
    case "successorGroup":
      return { kind: operation.kind, without: await named(tx, operation.without) };
    case "left":
    case "replace":
    case "bring":
    case "devices":
    case "fresh":
      return undefined;
  }
}
