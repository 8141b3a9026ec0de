import fc from "fast-check";
import { expect } from "vitest";
import type { StateCodec, Step, Timer } from "@pli/protocol/group";
import { T0 } from "./group-rejoin-device.ts";
import type { Bytes } from "./vector-files.ts";

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
  const longer = new Uint8Array(bytes.length + 1);
  longer.set(bytes);
  expect(codec.parse(longer).ok).toBe(false);
}

/** One step of a run: what was before, what happened, and what came of it. */
export type Stepped<State, Event, Effect> = Step<State, Effect> & {
  readonly before: State | undefined;
  readonly event: Event;
};

/** All steps of a run; none changes what it is given. */
export function run<State, Event, Effect>(
  step: (state: State | undefined, event: Event) => Step<State, Effect>,
  events: readonly Event[],
): Stepped<State, Event, Effect>[] {
  let state: State | undefined;
  return events.map((event) => {
    const before = state;
    const stepped = step(frozen(before), frozen(event));
    state = stepped.state;
    return { before, event, ...stepped };
  });
}

/** A step of a story in vectors/group. */
export type Told<State, Event, Effect> = {
  readonly event: Event;
  readonly effects: readonly Effect[];
  readonly state?: State;
  readonly bytes?: Bytes;
  readonly timers?: readonly Timer[];
};

/** A reducer does what a story tells, and saves what it tells. */
export function expectStory<State, Event, Effect>(
  steps: readonly Told<State, Event, Effect>[],
  step: (state: State | undefined, event: Event) => Step<State, Effect>,
  codec: StateCodec<State>,
  timers: (state: State, now: number) => readonly Timer[],
): void {
  const events = steps.map(({ event }) => event);
  const told = run(step, events).map(({ event, effects, state }) => {
    const saved = state && { state, bytes: codec.encode(state), timers: timers(state, nowOf(event)) };
    return { event, effects, ...saved };
  });
  expect(told).toEqual(steps);
  for (const { state, bytes } of steps)
    expect(bytes && codec.parse(bytes)).toEqual(bytes && { ok: true, value: state });
}

/** The time of day of an event, of its own or of its view of the group. */
function nowOf(event: unknown): number {
  if (typeof event !== "object" || event === null) return T0;
  if ("view" in event) return nowOf(event.view);
  return "now" in event && typeof event.now === "number" ? event.now : T0;
}
