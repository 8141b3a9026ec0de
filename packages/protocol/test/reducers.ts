import fc from "fast-check";
import { expect } from "vitest";
import type { StateCodec } from "@pli/protocol/group";
import { T0 } from "./group-rejoin-device.ts";

/** Clocks go on, stand, jump and are set back. */
export const clock = fc
  .oneof(
    fc.integer({ min: 0, max: 300_000 }),
    fc.integer({ min: -100_000_000, max: 100_000_000 }),
    fc.constantFrom(-T0, 0, 8_640_000_000_000_000 - T0),
  )
  .map((since) => T0 + since);

/** A value that no step can change. */
export function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null) Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}

/** A state comes back from its bytes as it was; no part of the bytes is a state. */
export function expectCodec<State>(codec: StateCodec<State>, state: State): void {
  const bytes = codec.encode(state);
  expect(codec.parse(bytes)).toEqual({ ok: true, value: state });
  for (const length of [0, 1, bytes.length >> 1, bytes.length - 1])
    expect(codec.parse(bytes.slice(0, length)).ok).toBe(false);
  expect(codec.parse(Uint8Array.of(...bytes, 0)).ok).toBe(false);
}
