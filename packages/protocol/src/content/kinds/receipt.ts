import { decodeCbor, encodeCbor, isUint, type CborValue } from "../../object/index.ts";
import { DISPOSITION, MESSAGE_ID_BYTES, isMessageId, type MessageId } from "../mimi.ts";
import type { Kind } from "./kind.ts";

/** Messages of the other that arrived here, and those that were read. */
export interface Acknowledged {
  readonly delivered: readonly MessageId[];
  readonly read: readonly MessageId[];
}

/** A message of receipts alone: together 1 to 1,024 ids. */
export interface ReceiptBody extends Acknowledged {
  readonly kind: "receipt";
}

export const MAX_RECEIPT_IDS = 1024;
/** How many ids ride in a message, or leave at a slot: a receipt of them is one cell. */
export const MAX_RIDING_IDS = 100;
/**
 * What each of them adds: a list of the id and its status; and the first besides: a name and the
 * length of the list.
 */
const RIDING_ID_BYTES = 36;
const RIDING_HEAD_BYTES = 15;
const DELIVERED = 1;
const READ = 2;

/** Statuses of later versions are passed over; a list of nothing else says nothing. */
export const receipt: Kind<ReceiptBody> = {
  contentType: "application/mimi-message-status",
  disposition: DISPOSITION.unspecified,
  inReplyTo: "never",
  replaces: "never",
  mayDisappear: false,
  encode: (body) => encodeCbor(statusesFrom(body, MAX_RECEIPT_IDS)),
  parse: (content) => {
    const list = decodeCbor(content, MAX_RECEIPT_IDS * (MESSAGE_ID_BYTES + 5) + 8);
    const acknowledged = acknowledgedFrom(list, MAX_RECEIPT_IDS);
    return acknowledged && { kind: "receipt", ...acknowledged };
  },
};

/**
 * draft-mahy-mimi-message-status: [ * [id, status] ], delivered ones first. Throws RangeError
 * beyond the bounds.
 */
export function statusesFrom({ delivered, read }: Acknowledged, most: number): CborValue {
  const ids = [...delivered, ...read];
  if (ids.length === 0 || ids.length > most || !ids.every(isMessageId))
    throw new RangeError(`a receipt has 1 to ${most} message ids`);
  return [...delivered.map((id): CborValue => [id, DELIVERED]), ...read.map((id): CborValue => [id, READ])];
}

/** What `statusesFrom` gave; undefined for anything else. */
export function acknowledgedFrom(list: unknown, most: number): Acknowledged | undefined {
  if (!Array.isArray(list) || list.length === 0 || list.length > most || !list.every(isStatus)) return undefined;
  const having = (wanted: number): MessageId[] => list.filter(([, status]) => status === wanted).map(([id]) => id);
  return { delivered: having(DELIVERED), read: having(READ) };
}

function isStatus(value: unknown): value is readonly [MessageId, number] {
  return Array.isArray(value) && value.length === 2 && isMessageId(value[0]) && isUint(value[1]) && value[1] < 256;
}

/** How many receipts can ride in a message that may be `bytes` longer. */
export function ridingIn(bytes: number): number {
  return Math.min(MAX_RIDING_IDS, Math.max(0, Math.floor((bytes - RIDING_HEAD_BYTES) / RIDING_ID_BYTES)));
}
