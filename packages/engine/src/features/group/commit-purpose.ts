/** What a commit of this device is made for: kept as its body until it has won. */
import { text, utf8 } from "@pli/protocol/crypto";
import { listBodies } from "../../epochs/pending-commits.table.ts";
import type { Tx } from "../../runtime/context.ts";
import { damaged } from "../../runtime/storage/row.ts";
import { listPendingOperations, type PendingOperation } from "./pending-operations.table.ts";
import type { Plan } from "./plan.ts";

/** Whom it adds, which own devices, and what it leaves of each operation. */
type Purpose = Pick<Plan, "added" | "devices" | "left">;

export const encodePurpose = ({ added, devices, left }: Purpose): Uint8Array =>
  utf8(JSON.stringify({ added, devices, left }));

/** Before people had several devices it added none. */
export function purposeFrom(body: Uint8Array): Purpose {
  const purpose = JSON.parse(text(body) ?? damaged("purpose")) as Partial<Purpose> & Omit<Purpose, "devices">;
  return { devices: [], ...purpose };
}

/** The operations that a commit is for, as they are before it is the group's history. */
export async function operationsOf(tx: Tx, conversation: string, body: Uint8Array): Promise<PendingOperation[]> {
  const ids = new Set(purposeFrom(body).left.map(({ id }) => id));
  return (await listPendingOperations(tx, conversation))
    .filter(({ id }) => ids.has(id))
    .map(({ operation }) => operation);
}

/** Whether our commit for an operation is made, and not decided yet. */
export async function isUnderWay(tx: Tx, conversation: string, id: number): Promise<boolean> {
  const bodies = (await listBodies(tx, conversation)).filter(({ length }) => length > 0);
  return bodies.some((body) => purposeFrom(body).left.some((part) => part.id === id));
}
