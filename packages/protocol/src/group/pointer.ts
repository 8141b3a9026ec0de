import type { Pointer } from "../conversation/payload.ts";
import { MAX_OBJECT_BYTES, bytesOf, isUint, shapedFrom } from "../object/index.ts";

/** Whether a decoded value is `{ seed, length }` of an object that is not empty. */
export function isPointer(value: unknown): value is ReadonlyMap<string, unknown> {
  const pointer = shapedFrom(value, { seed: bytesOf(32), length: isUint });
  return pointer !== undefined && pointer.length > 0 && pointer.length <= MAX_OBJECT_BYTES;
}

/** The pointer such a value is. */
export function pointerFrom(value: ReadonlyMap<string, unknown>): Pointer {
  return unmapped(value) as Pointer;
}

/** A decoded value with its maps, whose keys are all text, as objects. */
export function unmapped(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unmapped);
  if (!(value instanceof Map)) return value;
  return Object.fromEntries(Array.from(value, ([key, item]) => [String(key), unmapped(item)]));
}
