import type { StateCodec, Step, Timer } from "@pli/protocol/group";

/** The steps of a story, from no state on: what happens, what the device does, what it keeps. */
export function stepsOf<State, Event, Effect>(
  events: readonly Event[],
  step: (state: State | undefined, event: Event) => Step<State, Effect>,
  codec: StateCodec<State>,
  timers: (state: State, event: Event) => readonly Timer[],
): Record<string, unknown>[] {
  let state: State | undefined;
  return events.map((event) => {
    const stepped = step(state, event);
    state = stepped.state;
    const saved = state && { state, bytes: codec.encode(state), timers: timers(state, event) };
    return { event, effects: stepped.effects, ...saved };
  });
}
