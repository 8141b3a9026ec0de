import { concat, type Crypto } from "../crypto/index.ts";
import { u32, u32From } from "../object/bytes.ts";
import {
  MAX_CELL_BODY,
  MAX_OBJECT_BYTES,
  openCell,
  sealCell,
  sealObject,
  type CellKind,
  type Put,
} from "../object/index.ts";
import { err, ok, type Cell, type Result } from "../wire/index.ts";
import type { Slot } from "./chain.ts";

/**
 * A message of up to this many cells travels in cells; a longer one is stored as an object first.
 */
export const MAX_FRAGMENTS = 4;
const FRAGMENT_HEAD_BYTES = 2;
const FRAGMENT_BODY = MAX_CELL_BODY - FRAGMENT_HEAD_BYTES;
const SEED_BYTES = 32;
const POINTER_BYTES = SEED_BYTES + 4;

/** What MLS puts around a content of 64 to 16,383 bytes in a group whose id has 32 bytes. */
const MLS_BYTES = 162;

/** Where a message that no cell holds is: the seed of its object and its length. */
export type Pointer = { readonly seed: Uint8Array; readonly length: number };

/**
 * What consecutive cells of one sender hold, and how many of them it took. `incomplete`: fragments
 * are still to come.
 */
export type Payload =
  | { readonly type: "message"; readonly used: number; readonly message: Uint8Array }
  | { readonly type: "pointer"; readonly used: 1; readonly pointer: Pointer }
  | { readonly type: "decoy"; readonly used: 1 }
  | { readonly type: "incomplete" };

/**
 * The cell bodies that carry a message, at most `maxCells`, and the object it stands in when it is
 * too long for them.
 */
export function payloadFromMessage(
  crypto: Crypto,
  feed: number,
  message: Uint8Array,
  maxCells = MAX_FRAGMENTS,
): { bodies: { kind: CellKind; body: Uint8Array }[]; object: Put[] } {
  if (message.length <= MAX_CELL_BODY) return { bodies: [{ kind: "whole", body: message }], object: [] };
  const count = Math.ceil(message.length / FRAGMENT_BODY);
  if (count <= maxCells) return { bodies: fragmentsOf(message, count), object: [] };
  const pointer = { seed: crypto.random(SEED_BYTES), length: message.length };
  const object = sealObject(crypto, pointer.seed, feed, message);
  return { bodies: [{ kind: "pointer", body: encodePointer(pointer) }], object: restFirst(object) };
}

/**
 * By how many bytes a content of this length can grow in the cells that it takes; 0 where it is too
 * long for cells.
 */
export function roomBeside(contentBytes: number): number {
  const message = contentBytes + MLS_BYTES;
  if (message <= MAX_CELL_BODY) return MAX_CELL_BODY - message;
  const count = Math.ceil(message / FRAGMENT_BODY);
  return count > MAX_FRAGMENTS ? 0 : count * FRAGMENT_BODY - message;
}

/**
 * The cells that carry a message in `slots`, what must be stored before them first: the order to
 * put them in.
 */
export function putsFromPayload(
  crypto: Crypto,
  slots: readonly Slot[],
  payload: { bodies: { kind: CellKind; body: Uint8Array }[]; object: Put[] },
): Put[] {
  const cells = payload.bodies.map(({ kind, body }, i): Put => {
    const slot = slots[i];
    if (slot === undefined) throw new RangeError("fewer slots than cells");
    return { kind: "cell", label: slot.label, cell: sealCell(crypto, slot.key, kind, body) };
  });
  return [...payload.object, ...cells];
}

/**
 * What the cell at the head of `arrived` holds, with those that follow it when it is a message in
 * fragments. `arrived` are consecutive cells of one sender with their keys, at least one.
 * `cell_malformed`: nothing this sender can have meant, or a message in more cells than it takes;
 * skip one cell.
 */
export function readPayload(
  crypto: Crypto,
  arrived: readonly { key: Uint8Array; cell: Cell }[],
): Result<Payload, "cell_not_opened" | "cell_malformed"> {
  const head = openAt(crypto, arrived, 0);
  if (!head.ok) return head;
  const { kind, body } = head.value;
  if (kind === "decoy") return body.length === 0 ? ok({ type: "decoy", used: 1 }) : err("cell_malformed");
  if (kind === "whole") return ok({ type: "message", used: 1, message: body });
  if (kind === "fragment") return readFragments(crypto, arrived, body);
  const pointer = parsePointer(body);
  return pointer.ok ? ok({ type: "pointer", used: 1, pointer: pointer.value }) : pointer;
}

/**
 * An object is put rest first, so that a reader that sees its first chunk finds the others there.
 */
export function restFirst(object: readonly Put[]): Put[] {
  return [...object.slice(1), ...object.slice(0, 1)];
}

function openAt(crypto: Crypto, arrived: readonly { key: Uint8Array; cell: Cell }[], at: number) {
  const place = arrived[at];
  if (place === undefined) throw new RangeError("no cell there");
  return openCell(crypto, place.key, place.cell);
}

function fragmentsOf(message: Uint8Array, count: number): { kind: CellKind; body: Uint8Array }[] {
  return Array.from({ length: count }, (_, i) => ({
    kind: "fragment",
    body: concat(Uint8Array.of(i, count), message.subarray(i * FRAGMENT_BODY, (i + 1) * FRAGMENT_BODY)),
  }));
}

/**
 * All that have come are looked at before the rest is waited for: a wrong one never keeps a reader
 * waiting.
 */
function readFragments(
  crypto: Crypto,
  arrived: readonly { key: Uint8Array; cell: Cell }[],
  head: Uint8Array,
): Result<Payload, "cell_not_opened" | "cell_malformed"> {
  const count = head[1] ?? 0;
  if (count < 2 || count > MAX_FRAGMENTS) return err("cell_malformed");
  const parts: Uint8Array[] = [];
  for (let i = 0; i < Math.min(count, arrived.length); i++) {
    const opened = openAt(crypto, arrived, i);
    if (!opened.ok) return opened;
    if (opened.value.kind !== "fragment" || !isFragment(opened.value.body, i, count)) return err("cell_malformed");
    parts.push(opened.value.body.subarray(FRAGMENT_HEAD_BYTES));
  }
  if (parts.length < count) return ok({ type: "incomplete" });
  const message = concat(...parts);
  return message.length > MAX_CELL_BODY ? ok({ type: "message", used: count, message }) : err("cell_malformed");
}

/**
 * All fragments but the last are full, and the last is not empty: a message is cut in one way only.
 */
function isFragment(body: Uint8Array, index: number, count: number): boolean {
  const isLast = index === count - 1;
  return (
    body[0] === index &&
    body[1] === count &&
    (isLast ? body.length > FRAGMENT_HEAD_BYTES : body.length === MAX_CELL_BODY)
  );
}

function encodePointer({ seed, length }: Pointer): Uint8Array {
  return concat(seed, u32(length));
}

function parsePointer(body: Uint8Array): Result<Pointer, "cell_malformed"> {
  if (body.length !== POINTER_BYTES) return err("cell_malformed");
  const length = u32From(body.subarray(SEED_BYTES));
  const isNeeded = length > MAX_CELL_BODY && length <= MAX_OBJECT_BYTES;
  return isNeeded ? ok({ seed: body.slice(0, SEED_BYTES), length }) : err("cell_malformed");
}
