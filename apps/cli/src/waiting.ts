/** What is said while a store does not answer. */
import type { StatusView, StoreAway, WaitingMessages } from "@pli/engine/api";
import type { Context } from "./context.ts";
import { oneLine } from "./text/safe.ts";

/** A longer wait is said as a time of day, not in seconds. */
const LONG_S = 600;

type Deps = Pick<Context, "words" | "when" | "world">;

/** When a store is called next, in words. */
function nextTry({ words, when, world }: Deps, at: number | undefined): string {
  if (at === undefined) return words.waiting.trying;
  const seconds = secondsUntil(world, at);
  return seconds > LONG_S ? words.waiting.nextAt(when.time(at)) : words.waiting.nextIn(seconds);
}

const secondsUntil = ({ clock }: Context["world"], at: number): number =>
  Math.max(1, Math.ceil((at - clock.now()) / 1000));

/** Which store does not answer, and when it is called next. */
export const awayText = (context: Deps, { store, nextTry: at }: StoreAway): string =>
  context.words.waiting.away(oneLine(store), nextTry(context, at));

/** The state of the connection to the home store, which can be silent while the network is up. */
export function connectionFact(context: Deps, { connection }: StatusView): string {
  const { words, world } = context;
  const { state, error, catchUp, nextTry: at } = connection;
  if (catchUp !== undefined) return words.waiting.catchUp(words.number(catchUp.done), words.number(catchUp.total));
  if (state === "online" || (state === "connecting" && error === undefined)) return words.chat.states[state];
  return words.waiting.offline(at === undefined ? undefined : secondsUntil(world, at));
}

/** Why a message has not left yet. */
export function savedText(context: Deps, { what, away }: WaitingMessages): string {
  const { saved } = context.words.waiting;
  if (what === "store") return away === undefined ? saved.turn : saved.store(awayText(context, away));
  return saved[what];
}

/** Why a message has not left yet, in JSON: the shape of docs/cli.md. */
export const waitingFields = ({ what, store, away }: WaitingMessages) => ({ what, store, ...away });
