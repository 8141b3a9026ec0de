/**
 * What the reducers of groups have in common: the form of a step, timers that stand in the state,
 * and codecs for states that are saved (docs/protocol.md, section 8.4).
 */
import {
  decodeCbor,
  encodeCbor,
  isUint,
  type CborValue,
  type Guard,
  type Shape,
  type Shaped,
} from "../object/index.ts";
import { err, ok, type Result } from "../wire/index.ts";
import { unmapped } from "./pointer.ts";

/** What one event leads to. A state of `undefined` is not saved. */
export type Step<State, Effect> = {
  readonly state: State | undefined;
  readonly effects: readonly Effect[];
};

/**
 * A wait that a state contains, in ms. `since` is a time of day. A clock that is moved by more than
 * `wait` ends the wait.
 */
export type Wait = { readonly since: number; readonly wait: number };

export type Timer = Wait & { readonly name: string };

/** How long a timer still waits, in ms; 0: it is due. */
export function restOf({ since, wait }: Wait, now: number): number {
  return Math.max(0, wait - Math.abs(now - since));
}

export const isDue = (wait: Wait | undefined, now: number): boolean => wait !== undefined && restOf(wait, now) === 0;

export const unchanged = <State>(state: State): { readonly state: State; readonly effects: readonly never[] } => ({
  state,
  effects: [],
});

/** Canonical CBOR of a state. `encode` throws a RangeError beyond the bound. */
export type StateCodec<State> = {
  encode(state: State): Uint8Array;
  parse(bytes: Uint8Array): Result<State, "state_malformed">;
};

export function stateCodec<State>(isState: Guard<State>, maxBytes: number): StateCodec<State> {
  return {
    encode: (state) => {
      const bytes = encodeCbor(state as CborValue);
      if (bytes.length > maxBytes) throw new RangeError("state too long");
      return bytes;
    },
    parse: (bytes) => {
      const state = unmapped(decodeCbor(bytes, maxBytes));
      return isState(state) ? ok(state) : err("state_malformed");
    },
  };
}

/** An object with exactly the fields of `required`, and any of `optional`. */
export function objectOf<R extends Shape, O extends Shape = Record<string, never>>(
  required: R,
  optional?: O,
): Guard<Shaped<R> & Partial<Shaped<O>>> {
  const all: Shape = { ...required, ...optional };
  return (value): value is Shaped<R> & Partial<Shaped<O>> =>
    isPlain(value) &&
    Object.keys(required).every((name) => Object.hasOwn(value, name)) &&
    Object.entries(value).every(([name, field]) => Object.hasOwn(all, name) && all[name]?.(field) === true);
}

/** An object of at most `most` fields, whose names are of at most 64 characters. */
export const recordOf =
  <T>(item: Guard<T>, most: number): Guard<Readonly<Record<string, T>>> =>
  (value): value is Readonly<Record<string, T>> =>
    isPlain(value) &&
    Object.keys(value).length <= most &&
    Object.entries(value).every(([name, field]) => name.length <= MAX_NAME && item(field));

export const isTrue: Guard<true> = (value): value is true => value === true;

export const isWait: Guard<Wait> = objectOf({ since: isUint, wait: isUint });

/** The length of a profile id in hexadecimal, in characters. */
const MAX_NAME = 64;

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}
