/**
 * Runs the reducers of the protocol: loads a state, steps it, saves it and performs the effects,
 * all in one transaction. What touches the network waits until the transaction is durable
 * (`tx.after`, the send queue). Timers stand in the states, so a restart sets them again.
 */
import { restOf, type StateCodec, type Step, type Timer } from "@pli/protocol/group";
import type { Context, Tx } from "./context.ts";
import {
  deleteReducerState,
  findReducerState,
  idsOfReducer,
  saveReducerState,
} from "./storage/reducer-states.table.ts";
import { damaged } from "./storage/row.ts";

/** A timer that has run out and still stands in the state is set again after this long at least. */
const AGAIN_MS = 1_000;

/** A reducer of the protocol and its saved form. */
export interface Reducer<State, Event, Effect> {
  /** The name under which its states are saved. */
  readonly name: string;
  readonly codec: StateCodec<State>;
  step(state: State | undefined, event: Event): Step<State, Effect>;
  /** What the state waits for at this time of day. */
  timers(state: State, now: number): readonly Timer[];
}

export interface Runner<State, Event, Effect> {
  find(tx: Tx, id: string): Promise<State | undefined>;
  /**
   * One event, and the events that its effects are answered with. Gives the effects that were
   * performed.
   */
  handle(tx: Tx, id: string, event: Event): Promise<readonly Effect[]>;
  /** Of what there is a state. */
  ids(tx: Tx): Promise<string[]>;
}

/** An event of a reducer before the view of what it is about is added to it. */
export type Viewless<Event> = Event extends unknown ? Omit<Event, "view"> : never;

/** The saved state, for who only reads it. */
export async function findState<State>(
  tx: Tx,
  { name, codec }: { readonly name: string; readonly codec: StateCodec<State> },
  id: string,
): Promise<State | undefined> {
  const bytes = await findReducerState(tx, name, id);
  if (bytes === undefined) return undefined;
  const state = codec.parse(bytes);
  return state.ok ? state.value : damaged(name);
}

export function createRunner<State, Event, Effect>(
  context: Context,
  { name, codec, step, timers }: Reducer<State, Event, Effect>,
  deps: {
    /**
     * Gives the event that answers the effect, if there is one. `state`: as the
     * step left it, or as it found it when it left none.
     */
    perform(tx: Tx, id: string, effect: Effect, state: State | undefined): Promise<Event | undefined | void>;
    /** A timer has run out. A timer that comes too early is set again afterwards. */
    onTimer(tx: Tx, id: string, timer: string): Promise<void>;
    /** The state was saved or deleted. */
    onSaved?(tx: Tx): void;
  },
): Runner<State, Event, Effect> {
  const { clock } = context;
  /** The timers that are set, by id and name: when each is due, by the steady clock. */
  const set = new Map<string, { readonly due: number; cancel(): void }>();

  const find = (tx: Tx, id: string): Promise<State | undefined> => findState(tx, { name, codec }, id);

  async function save(tx: Tx, id: string, state: State | undefined): Promise<void> {
    if (state === undefined) await deleteReducerState(tx, name, id);
    else await saveReducerState(tx, name, id, codec.encode(state));
    deps.onSaved?.(tx);
  }

  /** Effects may post events of their own: each finds the state saved. */
  async function handle(tx: Tx, id: string, event: Event): Promise<readonly Effect[]> {
    const events = [event];
    const performed: Effect[] = [];
    let state: State | undefined;
    for (let next = events.shift(); next !== undefined; next = events.shift()) {
      const before = await find(tx, id);
      const stepped = step(before, next);
      state = stepped.state;
      if (state !== before) await save(tx, id, state);
      for (const effect of stepped.effects) {
        const answer = await deps.perform(tx, id, effect, state ?? before);
        if (answer !== undefined) events.push(answer);
        performed.push(effect);
      }
    }
    setTimers(tx, id, performed.length === 0 ? state : await find(tx, id));
    return performed;
  }

  function setTimers(tx: Tx, id: string, state: State | undefined, least = 0): void {
    if (state === undefined) return;
    for (const timer of timers(state, clock.now())) tx.after(() => setTimer(id, timer, least));
  }

  /** The earlier of two timers of one name stays. */
  function setTimer(id: string, timer: Timer, least: number): void {
    const key = `${id} ${timer.name}`;
    const rest = Math.max(least, restOf(timer, clock.now()));
    const due = clock.steady() + rest;
    const known = set.get(key);
    if (known !== undefined && known.due <= due) return;
    known?.cancel();
    const cancel = clock.after(rest, () => {
      set.delete(key);
      void context.transact((tx) => runOut(tx, id, timer.name)).catch(() => undefined);
    });
    set.set(key, { due, cancel });
  }

  async function runOut(tx: Tx, id: string, timer: string): Promise<void> {
    await deps.onTimer(tx, id, timer);
    setTimers(tx, id, await find(tx, id), AGAIN_MS);
  }

  const ids = (tx: Tx): Promise<string[]> => idsOfReducer(tx, name);

  // A transaction that failed took its timer with it.
  context.onReload(async (tx) => {
    for (const id of await ids(tx)) setTimers(tx, id, await find(tx, id));
  });

  return { find, handle, ids };
}
